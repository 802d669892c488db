OPS['fmod'] = with_numbers(torch.fmod)
for name in ['fmod', 'remainder']:
    DEVIATIONS[name] = [
        ["(result|gradient) .*, PyTorch's (NaN|-?Infinity)", 'the remainder is exact where the quotient leaves the range of numbers'],
    ]
