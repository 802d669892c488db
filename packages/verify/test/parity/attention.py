OPS['scaledDotProductAttention'] = F.scaled_dot_product_attention
DEVIATIONS['scaledDotProductAttention'] = [
    [r'gradient .*\n.*(e\+30|Infinity|NaN)', 'a query that sees no key has gradient 0, also where a value is NaN'],
]
