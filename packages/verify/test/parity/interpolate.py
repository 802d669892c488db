OPS['interpolate'] = F.interpolate
DEVIATIONS['interpolate'] = [
    ['we refuse .DTypeError: .*expected a floating point tensor, got uint8', 'weighted means of uint8 are refused'],
    [r'we refuse .DTypeError: [\s\S]*zeros\(\[0', 'dtypes are looked at for an empty batch too'],
    [r"is -?Infinity, PyTorch's NaN", 'an infinite value stays where the length stays; PyTorch adds 0 times the value to itself'],
]
