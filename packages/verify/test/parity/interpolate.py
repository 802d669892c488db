OPS['interpolate'] = F.interpolate
DEVIATIONS['interpolate'] = [['we refuse .DTypeError: .*expected a floating point tensor, got uint8', 'weighted means of uint8 are refused']]
DEVIATIONS['interpolate'].append(
    [r"is -?Infinity, PyTorch's NaN", 'an infinite value stays where the length stays; PyTorch adds 0 times the value to itself']
)
