def stably(fn):
    """A selection with the positions of a stable sort: among equal elements PyTorch's positions are open. The values must agree."""

    def select(x, k, dim=-1, largest=None, **options):
        own = fn(x, k, dim, **({} if largest is None else {'largest': largest}), **options).values
        order = torch.sort(x, dim=dim, descending=largest is True, stable=True).indices
        if fn is torch.topk:
            index = order if x.dim() == 0 else order.narrow(dim, 0, k)
        else:
            index = order if x.dim() == 0 else order.narrow(dim, k - 1, 1)
        values = torch.gather(x, dim, index)
        if fn is torch.kthvalue and not options.get('keepdim') and x.dim() > 0:
            values, index = values.squeeze(dim), index.squeeze(dim)
        assert torch.equal(torch.nan_to_num(own), torch.nan_to_num(values))
        return values, index

    return select


OPS['topk'] = stably(torch.topk)
OPS['kthvalue'] = stably(torch.kthvalue)
OPS['sort'] = lambda x, dim=-1, **o: torch.sort(x, dim=dim, stable=True, **o)
OPS['argsort'] = lambda x, dim=-1, **o: torch.argsort(x, dim=dim, stable=True, **o)
OPS['unique'] = lambda x, **o: torch.unique(x, return_inverse=True, return_counts=True, **o)
OPS['uniqueConsecutive'] = lambda x, **o: torch.unique_consecutive(x, return_inverse=True, return_counts=True, **o)
OPS['searchsorted'] = lambda s, v, **o: torch.searchsorted(s.contiguous(), v.contiguous() if isinstance(v, torch.Tensor) else v, **o)
DEVIATIONS['unique'] = [
    ['NaN[^]*dim: ', 'slices with NaN come last; PyTorch leaves them where its comparisons stop'],
]
