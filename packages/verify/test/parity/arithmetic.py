for name in ['maximum', 'minimum']:
    OPS[name] = with_numbers(getattr(torch, name))


def clamp(x, low=None, high=None):
    # In PyTorch a negative bound wraps around in uint8: clamp(0, min=-1) is 255.
    if x.dtype == torch.uint8 and not any(isinstance(bound, float) for bound in (low, high)):
        low, high = (None if bound is None else max(bound, 0) for bound in (low, high))
    return torch.clamp(x, low, high)


OPS['clamp'] = clamp
DEVIATIONS['pow'] = [
    ['second gradient', 'd2/dx dy of x^y is 1 / x at y = 0; PyTorch takes the first derivative to be 0 around there'],
]
