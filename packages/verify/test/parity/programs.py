def run_program(question):
    """Runs a program of several operations: every value, the gradients by its inputs, and the gradients of those."""
    values = decode(question['inputs'], [])
    inputs = [x for x in values if x.is_floating_point()]
    for x in inputs:
        x.requires_grad_()
    used = set()

    def resolve(argument):
        if isinstance(argument, list):
            return [resolve(item) for item in argument]
        if isinstance(argument, dict) and 'ref' in argument:
            used.add(argument['ref'])
            return values[argument['ref']]
        return decode(argument, [])

    for step in question['steps']:
        args = [resolve(argument) for argument in step['args']]
        values.append(call(find(step['name'], step['family']), args)[step['pick']])
    answer = {'values': [encode(y) for y in values[len(question['inputs']):]]}
    outputs = [y for i, y in enumerate(values) if i not in used and y.requires_grad]
    # The weights of the outputs: no symmetry hides a term.
    total = sum((y.double() * torch.cos(torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape)).sum() for y in outputs)
    if not inputs or not outputs:
        return answer
    first = gradients([total], inputs, [torch.ones_like(total)], question['twice'])
    answer['gradients'] = [encode(g) for g in first]
    if question['twice'] and any(g.requires_grad for g in first):
        weights = [torch.ones_like(g) for g in first]
        answer['seconds'] = [encode(g) for g in gradients(first, inputs, weights, False)]
    return answer
