def batch_norm(x, running_mean=None, running_var=None, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    if training:
        return F.batch_norm(x, None, None, weight, bias, True, momentum, eps)
    y = F.batch_norm(*(None if z is None else z.detach() for z in (x, running_mean, running_var, weight, bias)), eps=eps)
    # The same by its formula: PyTorch has no gradients of running statistics.
    return by_statistics(x, running_mean, running_var, weight, bias, eps, y)


def by_statistics(x, mean, variance, weight, bias, eps, expected):
    shape = [1, -1] + [1] * (x.dim() - 2)
    y = (x - mean.reshape(shape)) / torch.sqrt(variance + eps).reshape(shape)
    y = y if weight is None else y * weight.reshape(shape)
    y = y if bias is None else y + bias.reshape(shape)
    return check_same(y, expected, x, mean, variance, weight, bias)


def instance_norm(x, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, eps=1e-5):
    if use_input_stats:
        return F.instance_norm(x, None, None, weight, bias, eps=eps)
    given = (None if z is None else z.detach() for z in (x, running_mean, running_var, weight, bias))
    y = F.instance_norm(*given, use_input_stats=False, eps=eps)
    return by_statistics(x, running_mean, running_var, weight, bias, eps, y)


OPS['batchNorm'] = batch_norm
OPS['instanceNorm'] = instance_norm
for name in ['groupNorm', 'layerNorm', 'localResponseNorm', 'rmsNorm']:
    OPS[name] = getattr(F, snake(name))

# Where squares overflow float32, or anything is infinite, the order of the operations decides where NaN arises.
for name in ['batchNorm', 'groupNorm', 'instanceNorm', 'layerNorm', 'localResponseNorm', 'rmsNorm']:
    DEVIATIONS[name] = [
        [r'\n.*(e\+30|Infinity)', 'huge numbers do not overflow here: they are summed in float64; where some are infinite, other NaN arise'],
        [r'gradient .*\n.*NaN', 'of NaN other gradients are NaN: the rules are other sums of the same terms'],
    ]
for name in ['groupNorm', 'layerNorm']:
    DEVIATIONS[name] += [
        [r'second gradient .*\n.*Norm\(tensor\([^)]*\[(-?[\d.]+)(, \1)+\]', 'equal elements deviate by 0 from their mean; in PyTorch by what rounding leaves, which second derivatives enlarge'],
    ]
for name in ['batchNorm', 'instanceNorm']:
    DEVIATIONS[name] += [[r'we refuse \(DTypeError: \w+: x is', 'statistics and parameters must have the dtype of x']]
