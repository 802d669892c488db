for name in ['eq', 'ge', 'gt', 'le', 'lt', 'ne', 'logicalAnd', 'logicalOr', 'logicalXor']:
    OPS[name] = with_numbers(getattr(torch, snake(name)))
