def reduce_by(reduction, losses, divisor=None):
    if reduction == 'none':
        return losses
    return losses.sum() if reduction == 'sum' else losses.mean() if divisor is None else losses.sum() / divisor


def check_same(found, expected, *inputs):
    """That a formula gives what PyTorch's own function gives, where no number is infinite or huge."""
    if all(x is None or (x.isfinite().all() and x.abs().lt(1e9).all()) for x in inputs):
        torch.testing.assert_close(found, expected, check_dtype=False, equal_nan=True)
    return found


def by_formula(real, formula):
    """The loss itself, or its formula where it has weights: PyTorch has no gradients of those."""

    def loss(x, target, weight=None, pos_weight=None, **options):
        if weight is None and pos_weight is None:
            return real(x, target, **options)
        weights = {'weight': weight} if pos_weight is None else {'weight': weight, 'pos_weight': pos_weight}
        fixed = {name: w if w is None else w.detach() for name, w in weights.items()}
        expected = real(x.detach(), target.detach(), **fixed, **options)
        return check_same(formula(x, target, **weights, **options), expected, x, *weights.values())

    return loss


def nll_formula(x, target, weight, ignore_index):
    dim = 0 if x.dim() == 1 else 1
    kept = target != ignore_index
    classes = torch.where(kept, target, 0).long()
    factors = torch.where(kept, weight[classes], 0)
    taken = x.gather(dim, classes.unsqueeze(dim)).squeeze(dim)
    losses = torch.where(kept, -taken * factors, 0)
    return losses, factors, kept


def weighted_nll(x, target, weight, ignore_index=-100, reduction='mean'):
    losses, factors, _ = nll_formula(x, target, weight, ignore_index)
    return reduce_by(reduction, losses, factors.sum())


def weighted_cross_entropy(x, target, weight, ignore_index=-100, reduction='mean', label_smoothing=0.0):
    dim = 0 if x.dim() == 1 else 1
    x = x.log_softmax(dim)
    along = x * weight.reshape([-1] + [1] * (x.dim() - 1 - dim))
    if target.is_floating_point():
        target = target * (1 - label_smoothing) + label_smoothing / x.shape[dim]
        losses = -(along * target).sum(dim)
        return reduce_by(reduction, losses, None if reduction != 'mean' else losses.numel())
    losses, factors, kept = nll_formula(x, target, weight, ignore_index)
    divisor = factors.sum()
    loss = reduce_by(reduction, losses, divisor)
    if label_smoothing == 0:
        return loss
    smooth = reduce_by(reduction, torch.where(kept, -along.sum(dim), 0), divisor)
    return loss * (1 - label_smoothing) + smooth * (label_smoothing / x.shape[dim])


def weighted_bce(x, target, weight, reduction='mean'):
    return reduce_by(reduction, F.binary_cross_entropy(x, target, reduction='none') * weight)


def weighted_logits(x, target, weight=None, pos_weight=None, reduction='mean'):
    logs = F.logsigmoid(x) if pos_weight is None else ((pos_weight - 1) * target + 1) * F.logsigmoid(x)
    losses = (1 - target) * x - logs
    return reduce_by(reduction, losses if weight is None else losses * weight)


OPS['nllLoss'] = by_formula(F.nll_loss, weighted_nll)
OPS['crossEntropy'] = by_formula(F.cross_entropy, weighted_cross_entropy)
OPS['binaryCrossEntropy'] = by_formula(F.binary_cross_entropy, weighted_bce)
OPS['binaryCrossEntropyWithLogits'] = by_formula(F.binary_cross_entropy_with_logits, weighted_logits)
for name in ['gaussianNllLoss', 'huberLoss', 'klDiv', 'l1Loss', 'mseLoss', 'poissonNllLoss', 'smoothL1Loss']:
    OPS[name] = getattr(F, snake(name))

NOTHING = [r'second gradient .*\n.*zeros\(', 'the second derivative of the mean of nothing is 0 / 0; PyTorch says 0']
for name in ['binaryCrossEntropy', 'binaryCrossEntropyWithLogits', 'gaussianNllLoss', 'l1Loss', 'mseLoss', 'smoothL1Loss']:
    DEVIATIONS[name] = [NOTHING]
CAST = ["result type .* can't be cast", 'integers are promoted to floating point numbers']
PROMOTED = ["result 0 is float64, PyTorch's float32", 'promoted as in the other losses']
DEVIATIONS['huberLoss'] = [NOTHING, CAST, PROMOTED]
DEVIATIONS['binaryCrossEntropyWithLogits'] = [NOTHING, CAST, PROMOTED]
for name in ['crossEntropy', 'nllLoss']:
    DEVIATIONS[name] = [
        ['expected scalar type', 'weights of another dtype are promoted'],
        [r'\n.*e\+30', 'sums of huge numbers do not lose their small terms here, nor overflow'],
    ]
for name in ['klDiv', 'poissonNllLoss']:
    DEVIATIONS[name] = [
        NOTHING,
        ["gradient 1, element \\d+, is .*, PyTorch's NaN", "where the logarithm of a target is not used, or is that of 0, it has derivative 0"],
    ]
