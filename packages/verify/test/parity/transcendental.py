def atan2(a, b):
    # PyTorch's gradient negates a in its own dtype: of uint8 1 it makes 255.
    return torch.atan2(*(x.long() if x.dtype == torch.uint8 else x for x in (a, b)))


OPS['atan2'] = with_numbers(atan2)
DEVIATIONS['atan2'] = [
    ["second gradient .*, PyTorch's NaN", 'at the origin derivatives of any order are 0, not only the first'],
]
