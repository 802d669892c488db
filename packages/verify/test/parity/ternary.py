def clamp(x, low=None, high=None):
    # In PyTorch a negative bound wraps around in uint8: clamp(0, min=-1) is 255.
    if x.dtype == torch.uint8 and not any(isinstance(bound, (float, torch.Tensor)) for bound in (low, high)):
        low, high = (None if bound is None else max(bound, 0) for bound in (low, high))
    return torch.clamp(x, low, high)


OPS['clamp'] = clamp
OPS['clampMin'] = clamp
OPS['clampMax'] = lambda x, high: clamp(x, None, high)
DEVIATIONS['lerp'] = [
    ["gradient [^]*'(uint8|bool)'", "1 - weight; PyTorch's gradient takes it in the weight's own dtype, where it wraps around"],
    ['PyTorch refuses .*expected dtype', 'operands of two dtypes are promoted, as in every other operation'],
]
DEVIATIONS['addcmul'] = [
    ["result 0, .* is (NaN), PyTorch's -?Infinity", 'PyTorch fuses product and sum, so that a product beyond the range of numbers may meet infinity'],
    ["result 0 is float32, PyTorch's|PyTorch refuses .*without overflow", 'a fraction for integers promotes them; PyTorch cuts it'],
]
DEVIATIONS['addcdiv'] = [
    ["gradient 2, .*, PyTorch's (NaN|-?Infinity)", 'the quotient is divided twice; PyTorch squares the divisor, which leaves the range of numbers'],
]
