OPS['identity'] = lambda x: x.clone()
OPS['to'] = lambda x, dtype: x.to(DTYPES[dtype])
