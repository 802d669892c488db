# 'fro' is 2 over any number of axes; PyTorch has it for one or two.
OPS['norm'] = lambda x, p=2, dim=None, **options: torch.norm(x, 2 if p == 'fro' else p, dim, **options)
for name in ['norm', 'dist', 'renorm', 'cdist']:
    DEVIATIONS[name] = [
        ["gradient .* is -?[0-9][^,]*, PyTorch's NaN", 'where a norm or an element is 0, all derivatives are 0'],
        ["result .* is -?[0-9][^,]*, PyTorch's -?(Infinity|0\\n)", 'powers are summed in float64, which does not overflow where float32 does'],
        ["gradient [^]*e[-+]30[^]*'float32'", 'nor do they vanish there, or overflow on the way to a gradient'],
    ]
DEVIATIONS['cdist'] += [
    ['gradient [^]*, Infinity\\)$', 'equal largest differences share the gradient, as in norm; PyTorch gives each of them all of it'],
    ["result .* is [0-9], PyTorch's NaN\\n[^]*, 0\\)$", 'NaN counts as different from 0, as in norm'],
]
DEVIATIONS['cdist'].append(["result .* is (NaN), PyTorch's", 'NaN is not overlooked'])
DEVIATIONS['renorm'].append(["gradient .* is (NaN), PyTorch's", 'the norm of NaN has no derivative'])
