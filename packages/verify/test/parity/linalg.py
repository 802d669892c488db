for name in ['dot', 'matmul']:
    DEVIATIONS[name] = [
        ['PyTorch refuses .*(same dtype|same scalar type|expected scalar type)', 'operands of two dtypes are promoted, as in every other operation'],
        ["is -?[0-9][^,]*, PyTorch's (NaN|-?Infinity)", 'products are accumulated in doubles, which do not overflow on the way'],
    ]
