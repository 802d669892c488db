def symmetric(fn):
    """A function of the symmetric part of a matrix: PyTorch's reads one triangle, and symmetrises the gradient."""
    return lambda a, *args, **options: fn((a + a.mT) / 2, *args, **options)


def signs(vectors):
    """What makes the first element that is not small positive, for each column: LAPACK's signs depend on the machine."""
    sizes = vectors.detach().abs()
    if sizes.numel() == 0:
        return torch.ones_like(vectors[..., :1, :])
    first = (sizes > 0.37 * sizes.amax(-2, keepdim=True)).to(torch.uint8).argmax(-2, keepdim=True)
    return torch.where(vectors.detach().gather(-2, first) < 0, -1.0, 1.0).to(vectors.dtype)


def eigh(a):
    values, vectors = torch.linalg.eigh(a)
    return values, vectors * signs(vectors)


def svd(a, full_matrices=True):
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    sign = signs(vh.mT if a.shape[-2] >= a.shape[-1] else u)
    return u * sign, s, vh * sign.mT


OPS['cholesky'] = symmetric(torch.linalg.cholesky)
OPS['eigh'] = symmetric(eigh)
OPS['eigvalsh'] = symmetric(torch.linalg.eigvalsh)
OPS['svd'] = svd
LINALG = [
    'cholesky', 'choleskyInverse', 'choleskySolve', 'det', 'eigh', 'eigvalsh', 'inv', 'lu', 'luFactor', 'luSolve', 'matrixExp',
    'matrixPower', 'multiDot', 'qr', 'slogdet', 'solve', 'solveTriangular', 'svd', 'svdvals',
]
for name in LINALG:
    DEVIATIONS[name] = [
        ['we refuse .*must be floating point', 'integers are refused everywhere in linalg, also where PyTorch divides or has nothing to compute'],
        ['PyTorch refuses .*(same dtype|same scalar type|expected scalar type)', 'operands of two dtypes are promoted, as in every other operation'],
        ["is float64, PyTorch's float32", 'operands of two dtypes are promoted; PyTorch only looks at them where there is something to compute'],
        ['\\n.*(Infinity|NaN|e[+-]30)', 'matrices with infinities, NaN, or elements 60 orders of magnitude apart: what becomes of them depends on the order of steps'],
        ['gradient .*\\n.*strides \\[[^\\]]*\\b0\\b', 'an expanded matrix has no full rank: derivatives divide by what is left of rounding'],
    ]
DEVIATIONS['det'].append(
    ["gradient .*PyTorch's", 'derivatives at singular matrices are those of the cofactors; PyTorch multiplies by the determinant, which is 0'],
)
DEVIATIONS['luFactor'].append(
    ['PyTorch refuses .*is zero and using it on lu_solve', 'a singular matrix has its factors; only luSolve divides by their zero pivots'],
)
