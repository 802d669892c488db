for name in ['gammainc', 'gammaincc']:
    OPS[name] = with_numbers(getattr(torch.special, name))

POLES = ["(result|gradient) .* is (NaN|-?Infinity), PyTorch's", 'functions and derivatives are infinite at the poles; PyTorch rounds past them']
for name in ['digamma', 'lgamma', 'multigammaln', 'polygamma']:
    DEVIATIONS[name] = [POLES, ["(result|gradient) .* is -?0, PyTorch's NaN", 'the derivatives vanish at infinity']]
DEVIATIONS['logNdtr'] = [
    ["gradient .*, PyTorch's (NaN|-?Infinity)", 'far out the derivative is -x or 0; PyTorch subtracts squares'],
]
DEVIATIONS['zeta'] = [
    ["(result|gradient) .* is -?0, PyTorch's NaN", 'the sum at q = infinity is 0'],
]
