for name in ['conv1d', 'conv2d', 'conv3d', 'convTranspose1d', 'convTranspose2d', 'convTranspose3d']:
    DEVIATIONS[name] = [
        ['we refuse .DTypeError: .*expected a floating point tensor', 'integer images are refused, not convolved with a silent overflow'],
        ['we refuse .DTypeError: [^)]*convert', 'dtypes are compared for an empty batch too'],
        [
            r"(is|PyTorch's) (NaN|-?Infinity)[\s\S]*call: [\s\S]*(NaN|Infinity)",
            'padding times NaN or infinity: in PyTorch it depends on the shapes whether padding is multiplied or left out',
        ],
    ]
