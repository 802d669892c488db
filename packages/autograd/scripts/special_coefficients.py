"""Prints the coefficients that src/kernels/special/ holds, computed to 60 digits and rounded once. Needs mpmath.

    python special_coefficients.py
"""

from mpmath import mp, mpf

mp.dps = 60


def chebyshev(f, count):
    """Coefficients of f on [-1, 1], the first one halved."""
    n = 4 * count
    nodes = [mp.cos(mp.pi * (k + mpf(1) / 2) / n) for k in range(n)]
    values = [f(t) for t in nodes]
    found = [
        2 * mp.fsum(v * mp.cos(mp.pi * j * (k + mpf(1) / 2) / n) for k, v in enumerate(values)) / n
        for j in range(count)
    ]
    return [found[0] / 2, *found[1:]]


def show(name, values):
    print(f"{name}:", ", ".join(repr(float(v)) for v in values), sep="\n")


def erfcx(x):
    if x > 1000:
        # The asymptotic series, DLMF 7.12.1: its terms fall below 1e-60 within 20 of them.
        total, term = mpf(0), mpf(1)
        for k in range(20):
            total += term
            term *= -(2 * k + 1) / (2 * x * x)
        return total / (x * mp.sqrt(mp.pi))
    with mp.extradps(20):
        return mp.exp(x * x) * mp.erfc(x)


def scaled_erfcx(t):
    """(1 + 2x) erfcx(x) for t = (x - 3.75) / (x + 3.75): Shepherd and Laframboise, Math. Comp. 36 (1981) 249."""
    if t == 1:
        return 2 / mp.sqrt(mp.pi)
    x = mpf(15) / 4 * (1 + t) / (1 - t)
    return (1 + 2 * x) * erfcx(x)


def powers(coefficients):
    """The same polynomial, by powers of its variable."""
    total = [mpf(0)] * len(coefficients)
    before, polynomial = [mpf(0), mpf(1)], [mpf(1)]
    for c in coefficients:
        for i, p in enumerate(polynomial):
            total[i] += c * p
        # T_{-1} = T_1, so that T_{k+1} = 2 t T_k - T_{k-1} holds from k = 0 on.
        following = [mpf(0), *(2 * p for p in polynomial)]
        for i, p in enumerate(before):
            following[i] -= p
        before, polynomial = polynomial, following
    return total


def digamma_over_root():
    """psi(x) / (x - root) on [1, 2], in t = 2x - 3."""
    root = mp.findroot(mp.digamma, mpf("1.4616321449683623"))
    high = mpf(float(root))
    print("digamma root:", repr(float(high)), repr(float(root - high)))
    return chebyshev(lambda t: mp.digamma((t + 3) / 2) / ((t + 3) / 2 - root), 24)


def temme(orders, terms):
    """
    The power series of C_k(eta) in DLMF 8.12.9: C_0 = 1 / (lambda - 1) - 1 / eta, where eta^2 / 2 = lambda - 1 - ln lambda;
    C_k = C_{k-1}' / eta + g_k / (lambda - 1), the poles at 0 cancelling, with g_k Stirling's coefficients (8.12.11).
    """
    n = terms + 2 * orders + 4
    # lambda - 1 = sum a_j eta^j, from (lambda - 1) lambda' = eta lambda; DLMF 8.12 and Temme (1979).
    a = [mpf(0), mpf(1)]
    for j in range(2, n + 2):
        a.append(mpf(0))
        # The coefficient of eta^j in mu mu' - eta (1 + mu) vanishes; mu = sum a_j eta^j.
        known = mp.fsum(i * a[i] * a[j + 1 - i] for i in range(2, j)) if j > 1 else mpf(0)
        a[j] = (a[j - 1] - known) / (j + 1)
    # 1 / mu = eta^-1 sum b_j eta^j
    b = [mpf(1)]
    for j in range(1, n):
        b.append(-mp.fsum(a[i + 1] * b[j - i] for i in range(1, j + 1)))
    # Stirling's series of Gamma(a): 1 + 1 / 12a + ...; of its reciprocal the sign alternates.
    ln_terms = [mp.bernoulli(2 * k) / (2 * k * (2 * k - 1)) for k in range(1, orders + 1)]
    g = [mpf(1)]
    for m in range(1, orders + 1):
        g.append(
            mp.fsum((2 * k - 1) * ln_terms[k - 1] * g[m - 2 * k + 1] for k in range(1, m + 1) if m - 2 * k + 1 >= 0) / m
        )
    rows = []
    # Series with one power of eta^-1 in front: index j stands for eta^(j - 1).
    current = [b[0] - 1, *b[1:]]
    for k in range(orders):
        assert abs(current[0]) < mpf(10) ** -45, current[0]
        rows.append(current[1:])
        derivative = [j * c for j, c in enumerate(current[1:])][1:]
        # C' / eta begins with eta^-1; Stirling's term has (-1)^k g_k b_j eta^(j-1).
        sign = (-1) ** (k + 1)
        current = [c + sign * g[k + 1] * b[j] for j, c in enumerate(derivative)]
    return rows


def two_over_pi_words():
    """2 / pi by words of 32 bits, the last one first; the first bit has the weight 2^7."""
    bits = int(2 / mp.pi * mpf(2) ** 248)
    return [hex((bits >> (32 * k)) & 0xFFFFFFFF) for k in range(8)]


if __name__ == "__main__":
    mp.dps = 100
    print("2 / pi by words:", ", ".join(two_over_pi_words()))
    mp.dps = 60
    show("erfcx", chebyshev(scaled_erfcx, 30))
    show("erfcx by powers, for float32", powers(chebyshev(scaled_erfcx, 16)))
    show("digamma", digamma_over_root())
    show("zeta(k) - 1 for k >= 2, by k", [(mp.zeta(k) - 1) / k for k in range(2, 32)])
    for k, row in enumerate(temme(5, 20)):
        show(f"Temme C_{k}", row[:18])
