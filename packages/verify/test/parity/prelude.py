"""Runs one call of an operation in PyTorch: its results, their gradients and the gradients of those.

The files of the families add to OPS what is not found by its snake_case name, and to DEVIATIONS where a difference is meant.
"""
import base64
import inspect
import math
import re
import warnings

import numpy
import torch
import torch.nn.functional as F

warnings.filterwarnings('ignore')
torch.set_num_threads(1)
# oneDNN serves some operations on some processors only, with other values at the extremes (gelu at infinity).
torch._C._set_mkldnn_enabled(False)

OPS = {}
DEVIATIONS = {}

DTYPES = {
    'float32': torch.float32,
    'float64': torch.float64,
    # Positions and sums are int64 in PyTorch.
    'int32': torch.int64,
    'uint8': torch.uint8,
    'bool': torch.bool,
}
NAMES = {**{dtype: name for name, dtype in DTYPES.items()}, torch.int32: 'int32'}


def with_numbers(fn):
    """A function of two tensors, given numbers in place of one of them."""

    def convert(x, other):
        return x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.result_type(x, other))

    return lambda a, b: fn(convert(a, b), convert(b, a))


def snake(name):
    return re.sub(r'(?<!^)(?=[A-Z])', '_', name).lower()


def find(name, family):
    """The counterpart of an operation: a function, or a sentence that says why there is none."""
    if name in OPS:
        return OPS[name]
    spaces = [torch, F, torch.special, torch.Tensor]
    if family in ('linalg', 'decompositions'):
        spaces.insert(0, torch.linalg)
    for space in spaces:
        if hasattr(space, snake(name)):
            return getattr(space, snake(name))
    return None


def decode(value, inputs):
    if isinstance(value, list):
        return [decode(item, inputs) for item in value]
    if not isinstance(value, dict):
        return value
    if 'tensor' in value:
        array = numpy.frombuffer(base64.b64decode(value['tensor']), dtype=numpy.float64)
        tensor = torch.tensor(array).reshape(value['shape']).to(DTYPES[value['dtype']])
        inputs.append(tensor)
        return tensor
    if 'number' in value:
        return float(value['number'])
    return {snake(key): decode(item, inputs) for key, item in value['options'].items()}


def encode(tensor):
    if tensor is None:
        return None
    if not isinstance(tensor, torch.Tensor):
        tensor = torch.tensor(tensor)
    tensor = tensor.detach().resolve_conj()
    data = tensor.to(torch.float64).contiguous().numpy(force=True).tobytes()
    return {
        'tensor': base64.b64encode(data).decode(),
        'shape': list(tensor.shape),
        'dtype': NAMES.get(tensor.dtype, str(tensor.dtype)),
    }


def leaves(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (list, tuple)):
        return [leaf for item in result for leaf in leaves(item)]
    return [torch.tensor(result)]


def call(fn, args):
    args = list(args)
    kwargs = args.pop() if args and isinstance(args[-1], dict) else {}
    return leaves(fn(*args, **kwargs))


def gradients(outputs, inputs, cotangents, create_graph):
    """Gradients by each input, zero where it is not reached."""
    pairs = [(y, u) for y, u in zip(outputs, cotangents) if y.requires_grad]
    if not pairs:
        return [torch.zeros_like(x) for x in inputs]
    found = torch.autograd.grad(
        [y for y, _ in pairs], inputs, [u for _, u in pairs], create_graph=create_graph, allow_unused=True
    )
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, inputs)]


def reply(body):
    """What body returns, or how it was refused."""
    try:
        return body()
    except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError) as error:
        return {'refused': f'{type(error).__name__}: {error}'}


def run_call(question):
    fn = find(question['name'], question['family'])
    inputs = []
    args = decode(question['args'], inputs)
    floats = [x for x in inputs if x.is_floating_point()]
    if question['cotangents'] is None:
        return {'values': [encode(y) for y in call(fn, args)]}
    for x in floats:
        x.requires_grad_()
    outputs = call(fn, args)
    answer = {'values': [encode(y) for y in outputs]}
    cotangents = decode(question['cotangents'], [])
    outputs = [y for y in outputs if y.is_floating_point()]
    for u in cotangents:
        u.requires_grad_(question['seconds'] is not None)
    answer['gradients'] = reply(
        lambda: [encode(g) for g in gradients(outputs, floats, cotangents, False)]
        if question['seconds'] is None
        else second(outputs, floats, cotangents, decode(question['seconds'], []), answer)
    )
    return answer


def second(outputs, floats, cotangents, seeds, answer):
    first = gradients(outputs, floats, cotangents, True)
    answer['seconds'] = reply(lambda: [encode(g) for g in gradients(first, floats + cotangents, seeds, False)])
    return [encode(g) for g in first]


def describe(question):
    """What the suites need to know of the counterparts: which operations have one, and where a difference is meant."""
    found = {}
    for name, family in question['names']:
        fn = find(name, family)
        found[name] = {'missing': fn} if isinstance(fn, str) else {'missing': 'unknown'} if fn is None else {}
        if name in DEVIATIONS:
            found[name]['deviations'] = DEVIATIONS[name]
    return found


def run(question):
    if question['kind'] == 'describe':
        return describe(question)
    if question['kind'] == 'program':
        return reply(lambda: run_program(question))
    if question['kind'] == 'in place':
        return reply(lambda: run_in_place(question))
    return reply(lambda: run_call(question))
