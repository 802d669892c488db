def symmetric(fn):
    """A function of the symmetric part of a matrix: PyTorch's reads one triangle, and symmetrises the gradient."""
    return lambda a, *args, **options: fn((a + a.mT) / 2, *args, **options)


def signs(vectors):
    """What makes the first element that is not small positive, for each column: LAPACK's signs depend on the machine."""
    sizes = vectors.detach().abs()
    if sizes.numel() == 0:
        return vectors.new_ones(vectors.shape[:-2] + (1, vectors.shape[-1]))
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
# PyTorch's gradient is not 0 in the triangle that is not looked at.
OPS['choleskySolve'] = lambda b, x, upper=False: torch.cholesky_solve(b, x.triu() if upper else x.tril(), upper=upper)
OPS['choleskyInverse'] = lambda x, upper=False: torch.cholesky_inverse(x.triu() if upper else x.tril(), upper=upper)
OPS['luSolve'] = lambda x, pivots, b, **options: torch.linalg.lu_solve(x, pivots.to(torch.int32), b, **options)


def lstsq(a, b, **options):
    # PyTorch differentiates the solution only.
    found = torch.linalg.lstsq(a, b, driver='gelsd', **options)
    left = (torch.einsum('...ij,...j', a, found.solution) if b.dim() == a.dim() - 1 else a @ found.solution) - b
    residuals = left.square().sum(-1 if b.dim() == a.dim() - 1 else -2) if found.residuals.numel() > 0 else found.residuals
    return found.solution, residuals, found.rank, torch.linalg.svdvals(a)


OPS['lstsq'] = lstsq
LINALG = [
    'cholesky', 'choleskyInverse', 'choleskySolve', 'cond', 'det', 'eigh', 'eigvalsh', 'inv', 'lstsq', 'lu', 'luFactor', 'luSolve', 'matrixExp',
    'matrixNorm', 'matrixPower', 'matrixRank', 'multiDot', 'pinv', 'qr', 'slogdet', 'solve', 'solveTriangular', 'svd', 'svdvals', 'vectorNorm',
]
for name in LINALG:
    DEVIATIONS[name] = [
        ['we refuse .*must be floating point', 'integers are refused everywhere in linalg, also where PyTorch divides or has nothing to compute'],
        ['PyTorch refuses .*(same dtype|same scalar type|expected scalar type)', 'operands of two dtypes are promoted, as in every other operation'],
        ["is float64, PyTorch's float32", 'operands of two dtypes are promoted; PyTorch only looks at them where there is something to compute'],
        ['\\n.*(Infinity|NaN|e[+-]30)', 'matrices that are not finite, or have elements 60 orders of magnitude apart: what becomes of them depends on the order of steps'],
        ['\\n.*strides \\[[^\\]]*\\b0\\b', 'an expanded matrix has no full rank: results and derivatives depend on what is left of rounding'],
    ]
DEVIATIONS['det'].append(
    ["gradient .*PyTorch's", 'derivatives at singular matrices are those of the cofactors; PyTorch multiplies by the determinant, which is 0'],
)
DEVIATIONS['luFactor'].append(
    ['PyTorch refuses .*is zero and using it on lu_solve', 'a singular matrix has its factors; only luSolve divides by their zero pivots'],
)
