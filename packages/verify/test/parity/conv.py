for name in ['conv1d', 'conv2d', 'conv3d', 'convTranspose1d', 'convTranspose2d', 'convTranspose3d']:
    DEVIATIONS[name] = [
        ['we refuse .DTypeError: .*expected a floating point tensor', 'integer images are refused, not convolved with a silent overflow'],
    ]
