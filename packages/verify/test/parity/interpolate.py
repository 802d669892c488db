OPS['interpolate'] = F.interpolate
DEVIATIONS['interpolate'] = [
    ['we refuse .DTypeError: .*expected a floating point tensor, got uint8', 'weighted means of uint8 are refused'],
    [r'we refuse .DTypeError: [\s\S]*zeros\(\[0', 'dtypes are looked at for an empty batch too'],
    [r"is [^N]\S*, PyTorch's NaN", 'a place of weight 0 is left out; PyTorch adds 0 times its value, NaN where it is not finite'],
]
