PRODUCTS = ['addbmm', 'addmm', 'addmv', 'baddbmm', 'bmm', 'cross', 'dot', 'einsum', 'inner', 'matmul', 'mm', 'mv', 'tensordot']
for name in PRODUCTS:
    DEVIATIONS[name] = [
        ["PyTorch refuses .*(same dtype|dtypes must be the same|same scalar type|expected scalar type|Autograd not support dtype|can't be cast to the desired output type)", 'operands of two dtypes are promoted, as in every other operation'],
        ["is (float64|float32|int32|uint8), PyTorch's (float32|int32|uint8|bool)", 'operands of two dtypes are promoted; PyTorch only looks at them where there is something to compute'],
        ["(is|PyTorch's) -?(NaN|Infinity)[^\n]*\n.*(Infinity|NaN|e\\+30)", 'whether products of extremes overflow on the way, or meet a 0, depends on the order and precision of the sums'],
        ['we refuse .*must be a whole number', 'fractional weights of integers are refused, not cut'],
    ]
DEVIATIONS['addr'] = [
    ["PyTorch's NaN\n.*alpha: 0", 'a weight of 0 leaves its term out, as in addmm'],
]
# In PyTorch, empty products do not broadcast the input.
OPS['addmv'] = lambda x, a, v, **options: torch.addmv(x.expand(a.shape[:1]), a, v, **options)
OPS['cross'] = lambda a, b, dim=-1: torch.linalg.cross(a, b, dim=dim)
OPS['linear'] = torch.nn.functional.linear
DEVIATIONS['linear'] = [
    ['we refuse .DTypeError: .*expected a floating point tensor', 'integers are refused'],
    ["(is|PyTorch's) -?(NaN|Infinity)[^\n]*\n.*(Infinity|NaN|e\\+30)", 'whether products of extremes overflow on the way, or meet a 0, depends on the order and precision of the sums'],
]
