OPS['varMean'] = over_axes(torch.var_mean)
OPS['stdMean'] = over_axes(torch.std_mean)
for name in ['stdMean', 'varMean']:
    DEVIATIONS[name] = DEVIATIONS['std'] + [
        ["result 1, .* is -?Infinity, PyTorch's NaN", 'the mean of numbers with one infinity, as in mean'],
    ]
for name in ['cov', 'corrcoef']:
    DEVIATIONS[name] = [
        ["PyTorch's NaN", 'products are accumulated in doubles, which do not overflow on the way'],
    ]
DEVIATIONS['corrcoef'] += [
    ["second gradient .*(is -?0, PyTorch's|PyTorch's -?0\\n)", 'of equal rows it depends on the last bit whether their correlation is limited to 1'],
]
