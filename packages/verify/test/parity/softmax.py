OPS['logSumExp'] = over_axes(torch.logsumexp)
DEVIATIONS['logSumExp'] = [
    ["gradient .* is 0, PyTorch's NaN", 'nothing but -Infinity: it stays so whatever moves'],
]
