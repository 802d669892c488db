OPS['logsumexp'] = over_axes(torch.logsumexp)
DEVIATIONS['logsumexp'] = [
    ["gradient .* is 0, PyTorch's NaN", 'nothing but -Infinity: it stays so whatever moves'],
]
