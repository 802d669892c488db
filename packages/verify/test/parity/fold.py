for name in ['unfold', 'fold', 'pixelShuffle', 'pixelUnshuffle', 'channelShuffle']:
    OPS[name] = getattr(F, snake(name))
DEVIATIONS['fold'] = [['we refuse .DTypeError: .*got bool', 'sums of bool are refused']]
DEVIATIONS['pixelUnshuffle'] = [[r'result 0 has shape \[0,', 'an empty batch has the shape that others have']]
