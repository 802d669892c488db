OPS['interpolate'] = F.interpolate
DEVIATIONS['interpolate'] = [['we refuse .DTypeError: .*expected a floating point tensor, got uint8', 'weighted means of uint8 are refused']]
