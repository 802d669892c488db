OPS['logSumExp'] = over_axes(torch.logsumexp)
