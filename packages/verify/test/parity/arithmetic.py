for name in ['maximum', 'minimum']:
    OPS[name] = with_numbers(getattr(torch, name))


DEVIATIONS['pow'] = [
    ['we refuse .ArgumentError: pow: negative powers of integers', 'PyTorch cuts the fraction, and takes 1 / 0 to be 0'],
    ['second gradient', 'd2/dx dy of x^y is 1 / x at y = 0; PyTorch takes the first derivative to be 0 around there'],
]
DEVIATIONS['floatPower'] = [
    *DEVIATIONS['pow'],
    ["Infinity, PyTorch's NaN", 'the power 1/2 of -infinity is infinite, as every other; PyTorch takes the root'],
]
