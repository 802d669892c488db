def lstm(gates, h, c, weight):
    if all(x.isfinite().all() for x in (gates, h, c, weight)):
        unit = torch.eye(gates.shape[-1], dtype=gates.dtype)
        output, _, last = torch.lstm(gates, (h[None], c[None]), (unit, weight), False, 1, 0.0, False, False, False)
        return output, last[0]
    # torch.lstm multiplies the gates by a matrix, which would spread NaN and infinity over those of a row.
    outputs = []
    for step in gates:
        i, f, g, o = (step + h @ weight.T).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    return torch.stack(outputs), c

OPS['lstm'] = lstm
DEVIATIONS['lstm'] = [
    [r'we refuse \(DTypeError: lstm: expected a floating point tensor, got (int32|uint8|bool);', 'integers are refused; PyTorch takes them where the batch is empty'],
    [r'we refuse \(DTypeError: lstm: gates is float(32|64), \w+ is float(64|32); convert', 'operands of two dtypes are refused; PyTorch takes some mixtures, and not others'],
]
