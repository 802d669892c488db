OPS['scaledDotProductAttention'] = F.scaled_dot_product_attention
DEVIATIONS['scaledDotProductAttention'] = [
    [r'is NaN, PyTorch.s 0\n.*Infinity', 'scores that are all -Infinity without a mask have no softmax'],
    [r'PyTorch.s NaN\n.*(e\+30|Infinity|NaN)', 'a key that is not seen leaves no trace, also where its score is NaN or infinite'],
    [r'gradient .*\n.*(e\+30|Infinity|NaN)', 'a query that sees no key has gradient 0, also where a value is NaN'],
]
def attention_weights(query, key, **options):
    unit = torch.eye(key.shape[-2], dtype=key.dtype)
    return F.scaled_dot_product_attention(query, key, unit, **options)

OPS['attentionWeights'] = attention_weights
DEVIATIONS['attentionWeights'] = DEVIATIONS['scaledDotProductAttention']
