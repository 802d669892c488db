def over_axes(fn):
    """A reduction that takes no axes to mean all of them, and keeps them if asked to."""
    return lambda x, dim=None, **options: fn(x, list(range(x.dim())) if dim is None else dim, **options)


def all_or_one(fn):
    """As over_axes, for reductions over one axis or all of them."""

    def reduce(x, dim=None, keepdim=False, **options):
        if dim is not None:
            return fn(x, dim, keepdim=keepdim, **options)
        result = fn(x, **options)
        return result.reshape([1] * x.dim()) if keepdim else result

    return reduce


for name in ['amax', 'amin', 'sum', 'mean', 'std', 'nansum', 'nanmean']:
    OPS[name] = over_axes(getattr(torch, name))
OPS['variance'] = over_axes(torch.var)
OPS['prod'] = all_or_one(torch.prod)
for name in ['argmax', 'argmin']:
    OPS[name] = all_or_one(getattr(torch, name))
# PyTorch keeps uint8 for these, a relic.
OPS['any'] = lambda x, dim=None, keepdim=False: torch.any(x.bool(), dim, keepdim=keepdim)
OPS['all'] = lambda x, dim=None, keepdim=False: torch.all(x.bool(), dim, keepdim=keepdim)

DEVIATIONS['std'] = [
    ["second gradient .* is 0, PyTorch's NaN", 'the standard deviation of equal numbers: zero gradients of any order, not 0 / 0'],
]
OPS['aminmax'] = lambda x, dim=None, keepdim=False: torch.aminmax(x, dim=dim, keepdim=keepdim)
DEVIATIONS['nanmean'] = [
    ["gradient .* is 0, PyTorch's NaN", 'elements that are NaN get a zero gradient, also where there are no others'],
]
DEVIATIONS['prod'] = [
    ["gradient .* is [^,]*, PyTorch's NaN", 'the product of all others, not the product divided by the element'],
    ["gradient .* is (NaN), PyTorch's -?0\\n", 'the product of all others is NaN if one of them is, whatever the number of zeros'],
]
