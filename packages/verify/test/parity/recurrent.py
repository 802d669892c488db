def lstm(gates, h, c, weight):
    unit = torch.eye(gates.shape[-1], dtype=gates.dtype)
    output, _, last = torch.lstm(gates, (h[None], c[None]), (unit, weight), False, 1, 0.0, False, False, False)
    return output, last[0]

OPS['lstm'] = lstm
DEVIATIONS['lstm'] = [
    [r'we refuse \(DTypeError', 'operands of two dtypes are refused; PyTorch takes some mixtures, and not others'],
    [r"PyTorch.s NaN\n.*(e\+30|Infinity|NaN)", 'the product with the unit matrix above spreads NaN and infinity over the gates of a row'],
]
