for name in ['cosineSimilarity', 'normalize', 'pairwiseDistance']:
    OPS[name] = getattr(F, snake(name))

for name in ['cosineSimilarity', 'normalize', 'pairwiseDistance']:
    DEVIATIONS[name] = [
        [r'\n.*(e\+30|Infinity)', 'squares that overflow float32 do not overflow here'],
        ["second gradient .*PyTorch's NaN", 'the norm of 0 has derivatives 0 in every order'],
    ]
