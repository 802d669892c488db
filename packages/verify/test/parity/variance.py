OPS['varMean'] = over_axes(torch.var_mean)
OPS['stdMean'] = over_axes(torch.std_mean)
for name in ['stdMean', 'varMean']:
    DEVIATIONS[name] = DEVIATIONS['std'] + [
        ["result 1, .* is -?Infinity, PyTorch's NaN", 'the mean of numbers with one infinity, as in mean'],
    ]
DEVIATIONS['corrcoef'] = [
    ["PyTorch's NaN", 'products are accumulated in doubles, which do not overflow on the way'],
]
