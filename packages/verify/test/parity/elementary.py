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
DEVIATIONS['ldexp'] = [
    ["gradient 0, [^]*'(int32|uint8)'", "the derivative by a is 2^b for integers too; PyTorch's takes 2^b in integers, which is 0 for b < 0"],
]
for name in ['xlogy', 'xlog1py']:
    DEVIATIONS[name] = [
        ["gradient 0, .* is (NaN), PyTorch's 0", "beside NaN as a number PyTorch's gradient at 0 is 0, beside NaN as a tensor NaN, as here"],
    ]
