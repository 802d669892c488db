def same(ours, theirs):
    """A result that is composed for its gradients, checked to be PyTorch's own."""
    assert ours.dtype == theirs.dtype and torch.allclose(ours, theirs, rtol=1e-5, atol=0, equal_nan=True)
    return ours


def replace(x, places, values, theirs):
    """The last value written to a place stays, and gets the gradient; in PyTorch all of them get it."""
    flat = places.reshape(-1)
    owners = torch.full((x.numel(),), -1, dtype=torch.int64)
    for i, place in enumerate(flat.tolist()):
        owners[place] = i
    if flat.numel() == 0:
        return same(x.clone(), theirs)
    taken = values.reshape(-1)[owners.clamp(min=0)]
    return same(torch.where(owners >= 0, taken, x.reshape(-1)).reshape(x.shape), theirs)


def places_along(x, dim, index):
    """Where an index along an axis points to in the flattened tensor."""
    return torch.arange(x.numel()).reshape(x.shape).gather(dim, index)


def reached(index, source):
    """PyTorch has no gradients for a source that is longer than the index."""
    return source[tuple(slice(0, length) for length in index.shape)]


def scatter(x, dim, index, source):
    if not isinstance(source, torch.Tensor):
        return torch.scatter(x, dim, index, source)
    theirs = torch.scatter(x, dim, index, source)
    return replace(x, places_along(x, dim, index), reached(index, source), theirs)


def scatter_products(x, dim, index, source, include_self):
    """PyTorch's second gradients of products divide by elements that may be zero."""
    places = places_along(x, dim, index).reshape(-1).tolist()
    factors = [[element] if include_self or place not in places else []
               for place, element in enumerate(x.reshape(-1))]
    for place, element in zip(places, source.reshape(-1)):
        factors[place].append(element)
    return torch.stack([math.prod(group[1:], start=group[0]) for group in factors]).reshape(x.shape)


def scatter_reduce(x, dim, index, source, reduce, include_self=True):
    source = reached(index, source)
    theirs = torch.scatter_reduce(x, dim, index, source, reduce, include_self=include_self)
    if not x.is_floating_point() or x.numel() == 0:
        return theirs
    if reduce == 'prod':
        return same(scatter_products(x, dim, index, source, include_self), theirs)
    if reduce in ('amax', 'amin') and not include_self:
        # An element of x that does not take part gets a share of the gradient when it equals the extreme.
        other = x.scatter(dim, index, 12345.678)
        return same(torch.scatter_reduce(other, dim, index, source, reduce, include_self=False), theirs)
    return theirs


OPS['scatter'] = scatter
OPS['scatterAdd'] = lambda x, dim, index, source: torch.scatter_add(x, dim, index, reached(index, source))
OPS['scatterReduce'] = scatter_reduce


def index_copy(x, dim, index, source):
    theirs = torch.index_copy(x, dim, index, source)
    places = torch.arange(x.numel()).reshape(x.shape).index_select(dim, index)
    return replace(x, places, source, theirs)


OPS['indexCopy'] = index_copy
DEVIATIONS['indexAdd'] = [
    ['we refuse \\(DTypeError: indexAdd: the value is .* cannot hold', 'an alpha that the dtype cannot hold is refused, not wrapped']
]
for name in ['indexFill', 'indexPut', 'maskedFill', 'scatter']:
    DEVIATIONS[name] = [
        [f'we refuse \\(DTypeError: {name}: the value is .*(cannot hold|does not fit)', 'a value that the dtype cannot hold is refused, not cut'],
    ]
