OPS['pad'] = F.pad
DEVIATIONS['pad'] = [['we refuse .DTypeError: pad: (bool|uint8|int32) does not hold', 'a value that the dtype does not hold in full is refused']]
