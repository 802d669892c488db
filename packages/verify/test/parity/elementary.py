for name in ['copysign', 'fmax', 'fmin', 'heaviside', 'hypot', 'ldexp', 'logaddexp', 'logaddexp2']:
    OPS[name] = with_numbers(getattr(torch, name))

DEVIATIONS['copysign'] = [
    ["gradient .*, PyTorch's NaN", 'the gradient is selected by signs; PyTorch multiplies by a ratio that is NaN at 0 and NaN'],
]
DEVIATIONS['logit'] = [
    ["gradient .* is -?0, PyTorch's NaN", 'with eps NaN has no gradient, as in clamp'],
    ["gradient .* is -?Infinity, PyTorch's -?Infinity", 'the pole at -0 has the sign of its zero'],
]
DEVIATIONS['sinc'] = [
    ['second gradient', 'derivatives of any order are right at 0 and near it, where PyTorch divides by it'],
]
