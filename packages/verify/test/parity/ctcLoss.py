def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False):
    """PyTorch's gradient is that behind a log_softmax: so it is asked behind one, and what the softmax took away is added."""
    batched = log_probs.dim() == 3
    sums = log_probs.logsumexp(-1).reshape(log_probs.shape[0], -1).cumsum(0)
    taken = torch.stack([sums[t - 1, n] for n, t in enumerate(input_lengths)])
    losses = F.ctc_loss(log_probs.log_softmax(-1), targets, input_lengths, target_lengths, blank, 'none', zero_infinity)
    losses = losses - (taken if batched else taken[0])
    expected = F.ctc_loss(log_probs.detach(), targets, input_lengths, target_lengths, blank, reduction, zero_infinity)
    if reduction == 'mean':
        losses = losses / torch.tensor(target_lengths if batched else target_lengths[0]).clamp(min=1)
    found = reduce_by(reduction, losses)
    return check_same(found, expected, log_probs)


OPS['ctcLoss'] = ctc_loss
# The softmax that is put in between and taken away again is not the identity for huge and infinite numbers.
DEVIATIONS['ctcLoss'] = [[r'\n.*(e\+30|Infinity|NaN)', 'compared behind a log_softmax, which such numbers do not survive']]
