def symmetric(fn):
    """A function of the symmetric part of a matrix: PyTorch's reads one triangle, and symmetrises the gradient."""
    return lambda a, *args, **options: fn((a + a.mT) / 2, *args, **options)


OPS['cholesky'] = symmetric(torch.linalg.cholesky)
