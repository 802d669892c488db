OPS['fmod'] = with_numbers(torch.fmod)
