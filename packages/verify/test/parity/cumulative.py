DEVIATIONS['logcumsumexp'] = [
    ["gradient .* is 0, PyTorch's [^]*-Infinity", 'elements that are -inf add nothing: zero, not exp(-inf + inf)'],
    ["gradient .* is (NaN), PyTorch's", 'the derivative at NaN is NaN'],
    ["second gradient .*PyTorch's NaN", 'cotangents of 0 have no logarithm, of which PyTorch makes its derivative'],
    ['gradient [^]*e\\+30', 'PyTorch adds the logarithm of the cotangent to numbers that swallow it'],
]
DEVIATIONS['cumprod'] = [
    ["gradient .* is [^,]*, PyTorch's NaN", 'the products of the others, not the products divided by the element'],
    ["gradient .* is (NaN), PyTorch's", 'the product of the others is NaN if one of them is, whatever the number of zeros'],
    ["gradient .* is -?(Infinity), PyTorch's -?[0-9]", 'the products after an element may overflow where that with those before it would not'],
]
for name in ['trapezoid', 'cumulativeTrapezoid']:
    DEVIATIONS[name] = [
        ["result .* is -?Infinity, PyTorch's NaN", 'areas are added, instead of half the ends being subtracted from the sum'],
        ['uint8', 'integers are converted first; in PyTorch sums and differences of uint8 wrap around'],
    ]
