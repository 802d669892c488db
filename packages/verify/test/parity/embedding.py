OPS['embedding'] = F.embedding
OPS['embeddingBag'] = F.embedding_bag
DEVIATIONS['embeddingBag'] = [
    [r'gradient .*\n.*includeLastOffset: true', "where the last bag ends before the positions do, PyTorch's gradient of the mean counts the rest to it"],
    [r"is NaN, PyTorch's .*\n.*mode: 'max'", 'NaN is the largest, as in max; in PyTorch it is passed over'],
]
