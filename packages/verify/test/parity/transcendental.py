def atan2(a, b):
    # PyTorch's gradient negates a in its own dtype: of uint8 1 it makes 255.
    return torch.atan2(*(x if x.is_floating_point() else x.to(torch.result_type(x, 0.5)) for x in (a, b)))


OPS['atan2'] = with_numbers(atan2)
