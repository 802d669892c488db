for kind in ['max', 'avg', 'lp']:
    for axes in ['1d', '2d', '3d']:
        OPS[f'{kind}Pool{axes}'] = getattr(F, f'{kind}_pool{axes}')
for axes in ['1d', '2d', '3d']:
    OPS[f'maxPool{axes}WithIndices'] = getattr(F, f'max_pool{axes}_with_indices')
    for kind in ['avg', 'lp']:
        DEVIATIONS[f'{kind}Pool{axes}'] = [
            ['we refuse .DTypeError: .*expected a floating point tensor', 'means of integers are refused; in PyTorch int64 alone has them, cut off'],
            [r'(result|gradient)[\s\S]*e\+30', 'large elements that cancel: what is left depends on the order of the sum'],
        ]
    DEVIATIONS[f'lpPool{axes}'].append(["gradient .* is NaN, PyTorch's 0", 'NaN in a window: its gradients are NaN'])
