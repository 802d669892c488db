OPS['slice'] = lambda x, dim, start=0, stop=None, step=1: torch.ops.aten.slice(x, dim, start, stop, step)
OPS['flip'] = lambda x, dims: torch.flip(x, dims if isinstance(dims, list) else [dims])
