for name in ['i0', 'i1']:
    DEVIATIONS[name] = [
        [" is -?Infinity, PyTorch's NaN", 'they are infinite at infinity; PyTorch multiplies by 0'],
    ]
for name in ['i1', 'i1e']:
    DEVIATIONS[name] = [
        *DEVIATIONS.get(name, []),
        ["gradient .* is (NaN), PyTorch's", 'the derivative at NaN is NaN; PyTorch takes it for 0'],
    ]
