def lstm(gates, h, c, weight):
    unit = torch.eye(gates.shape[-1], dtype=gates.dtype)
    output, _, last = torch.lstm(gates, (h[None], c[None]), (unit, weight), False, 1, 0.0, False, False, False)
    return output, last[0]

OPS['lstm'] = lstm
