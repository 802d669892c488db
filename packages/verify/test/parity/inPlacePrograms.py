def run_in_place(question):
    """Runs a program that changes tensors in place: what all its values are in the end, and the gradients by its inputs."""
    values = decode(question['inputs'], [])
    inputs = values[:]
    for x in inputs:
        x.requires_grad_()

    def resolve(argument):
        if isinstance(argument, dict) and 'ref' in argument:
            return values[argument['ref']]
        if isinstance(argument, dict) and 'positive' in argument:
            return values[argument['positive']].gt(0)
        return argument

    for step in question['steps']:
        x, *args = [resolve(argument) for argument in step['args']]
        with torch.set_grad_enabled(step['recorded']):
            if step['method'] == 'set_':
                index, value = args
                x[index] = value
                values.append(x)
            else:
                values.append(getattr(x, snake(step['method']))(*args))
    outputs = [values[i] for i in question['outputs'] if values[i].requires_grad]
    answer = {'values': [encode(y) for y in values]}
    if outputs:
        total = sum((y * torch.cos(torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape)).sum() for y in outputs)
        answer['gradients'] = [encode(g) for g in gradients([total], inputs, [torch.ones_like(total)], False)]
    return answer
