for name, fn in {
    'broadcastTensors': torch.broadcast_tensors,
    'cartesianProd': torch.cartesian_prod,
    'blockDiag': torch.block_diag,
}.items():
    OPS[name] = lambda tensors, fn=fn: fn(*tensors)
OPS['meshgrid'] = lambda tensors, indexing: torch.meshgrid(*tensors, indexing=indexing)
for n in (1, 2, 3):
    OPS[f'atleast{n}d'] = getattr(torch, f'atleast_{n}d')
OPS['slidingWindows'] = torch.Tensor.unfold
