def soft_margin(x, target, reduction='mean'):
    # By its formula: PyTorch has no gradient of the target, and overflows.
    found = reduce_by(reduction, -F.logsigmoid(x * target))
    expected = F.soft_margin_loss(x.detach(), target.detach(), reduction=reduction)
    return check_same(found, expected, x, target)


def multi_margin(x, target, p=1, margin=1.0, weight=None, reduction='mean'):
    if weight is None:
        return F.multi_margin_loss(x, target, p, margin, None, reduction=reduction)
    expected = F.multi_margin_loss(x.detach(), target, p, margin, weight.detach(), reduction=reduction)
    losses = F.multi_margin_loss(x, target, p, margin, reduction='none')
    found = reduce_by(reduction, losses * weight[target])
    return check_same(found, expected, x, weight)


OPS['softMarginLoss'] = soft_margin
OPS['multiMarginLoss'] = multi_margin
for name in ['cosineEmbeddingLoss', 'hingeEmbeddingLoss', 'marginRankingLoss', 'multilabelMarginLoss', 'multilabelSoftMarginLoss', 'tripletMarginLoss']:
    OPS[name] = getattr(F, snake(name))

# PyTorch takes integers in these two, where bytes wrap around and sums are integers again; we refuse them, as in the other losses.
def of_floats(fn):
    def loss(*args, **options):
        if not all(x.is_floating_point() for x in args[:-1]):
            raise TypeError('the loss of integers')
        return fn(*args, **options)

    return loss


for name in ['hingeEmbeddingLoss', 'marginRankingLoss']:
    OPS[name] = of_floats(OPS[name])

PROMOTED = ['could not infer output dtype|expected scalar type', 'other dtypes are promoted']
HUGE = [r'\n.*e\+30', 'squares that overflow float32 do not overflow here']
for name in ['cosineEmbeddingLoss', 'hingeEmbeddingLoss', 'marginRankingLoss', 'multilabelMarginLoss', 'multilabelSoftMarginLoss', 'softMarginLoss', 'tripletMarginLoss', 'tripletMarginWithDistanceLoss']:
    DEVIATIONS[name] = [NOTHING, PROMOTED, HUGE]
DEVIATIONS['multiMarginLoss'] = [NOTHING, PROMOTED, HUGE, [r'gradient .*\n.*weight: .*(NaN|Infinity)', 'a weight that is NaN or infinite does not reach scores without gradient']]
for name in ['tripletMarginLoss', 'tripletMarginWithDistanceLoss']:
    DEVIATIONS[name] += [[r'result 0, element \d+, is .*\n.*(int32|uint8)', 'distances of integers are rounded to float32']]
