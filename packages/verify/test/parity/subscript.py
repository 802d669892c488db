def subscript(item):
    if item == '...':
        return Ellipsis
    if isinstance(item, str):
        return slice(*[int(part) if part else None for part in item.split(':')])
    return item


OPS['at'] = lambda x, *items: x[tuple(subscript(item) for item in items)]


def index_put(x, items, values, accumulate=False):
    """torch.index_put takes tensors only: the elements are found by indexing their positions."""
    places = torch.arange(x.numel()).reshape(x.shape)[tuple(subscript(item) for item in items)]
    if not isinstance(values, torch.Tensor):
        values = torch.tensor(values, dtype=x.dtype)
    values = values.expand(places.shape)
    theirs = x.reshape(-1).index_put((places.reshape(-1),), values.reshape(-1), accumulate).reshape(x.shape)
    return theirs if accumulate else replace(x, places, values, theirs)


OPS['indexPut'] = index_put
