for axes in ['1d', '2d', '3d']:
    OPS[f'maxUnpool{axes}'] = getattr(F, f'max_unpool{axes}')
    DEVIATIONS[f'maxUnpool{axes}'] = [
        [r'gradient[\s\S]*strides \[[0-9, ]*\b0\b', 'of several elements for one place only the one that stays gets a gradient'],
    ]
