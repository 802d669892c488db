OPS['embedding'] = F.embedding
OPS['embeddingBag'] = F.embedding_bag
DEVIATIONS['embeddingBag'] = [
    [r'\n.*includeLastOffset: true', 'the last bag ends at the last offset; where that is not the number of positions, in PyTorch only sometimes'],
    [r"is NaN, PyTorch's .*\n.*mode: 'max'", 'NaN is the largest, as in max; in PyTorch it is passed over'],
]
