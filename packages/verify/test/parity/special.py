for name in ['gammainc', 'gammaincc']:
    OPS[name] = with_numbers(getattr(torch.special, name))
