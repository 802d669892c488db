# torch.nn.functional.hardsigmoid multiplies by 1 / 6 rounded to float32, in float64 too.
OPS['hardsigmoid'] = lambda x: torch.where(x.isnan(), F.hardsigmoid(x), F.relu6(x + 3) / 6)
for name in ['celu', 'glu', 'hardshrink', 'prelu', 'rrelu', 'selu']:
    OPS[name] = getattr(F, name)
OPS['logSigmoid'] = F.logsigmoid
# In PyTorch a negative limit wraps around in uint8, and so lies above all elements.
OPS['threshold'] = lambda x, limit, value: x.clone() if x.dtype == torch.uint8 and limit < 0 else F.threshold(x, limit, value)

for name in ['celu', 'elu', 'hardshrink', 'hardswish', 'hardtanh', 'relu6', 'selu', 'softshrink']:
    DEVIATIONS[name] = [
        [r'gradient 0, element \d+, is .*\n.*NaN', "where x is NaN PyTorch's gradient depends on whether its vector loop came by"],
    ]
DEVIATIONS['prelu'] = [
    [r'second gradient .*\n.*[[( ]0[,\])]', 'PyTorch differentiates its gradient as if the kink belonged to x > 0, though its gradient counts it to x <= 0'],
]
