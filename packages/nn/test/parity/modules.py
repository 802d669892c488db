"""Runs modules of PyTorch on what parity.test.ts asks, and what modules.json records. Needs torch 2.13."""
import re
import torch

# Several would wait for each other, longer than they compute.
torch.set_num_threads(1)

# torch.nn.functional.hardsigmoid multiplies by 1 / 6 rounded to float32, in float64 too.
torch.nn.functional.hardsigmoid = lambda x, inplace=False: torch.nn.functional.relu6(x + 3) / 6


class Positions(torch.nn.Module):
    """Positional encodings, which torch.nn does not have."""

    def __init__(self, d_model, max_len, dropout, batch_first):
        super().__init__()
        self.d_model, self.max_len, self.dropout, self.batch_first = d_model, max_len, dropout, batch_first

    def forward(self, x):
        rows = self.table()[:x.shape[1 if x.dim() == 3 and self.batch_first else 0]]
        rows = rows.unsqueeze(1) if x.dim() == 3 and not self.batch_first else rows
        return torch.nn.functional.dropout(x + rows, self.dropout, self.training)

    def extra_repr(self):
        return f'{self.d_model}, max_len={self.max_len}, dropout={self.dropout}, batch_first={self.batch_first}'


class SinusoidalEncoding(Positions):
    def table(self):
        place = torch.arange(self.max_len, dtype=torch.float64).unsqueeze(1)
        feature = torch.arange(self.d_model, dtype=torch.float64)
        angle = place / 10000 ** (feature // 2 * 2 / self.d_model)
        return torch.where(feature % 2 == 0, angle.sin(), angle.cos()).float().to(self.dtype)

    def _apply(self, fn):
        self.dtype = fn(torch.zeros(1)).dtype
        return super()._apply(fn)


class LearnedEncoding(Positions):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.weight = torch.nn.Parameter(torch.empty(self.max_len, self.d_model).normal_(0, 0.02))

    def table(self):
        return self.weight


def with_samples(base):
    """A fractional pooling whose samples have a public name."""

    def init(self, *args, random_samples=None, **options):
        base.__init__(self, *args, _random_samples=random_samples, **options)

    return type(base.__name__, (base,), {'__init__': init})


torch.nn.FractionalMaxPool2d = with_samples(torch.nn.FractionalMaxPool2d)
torch.nn.FractionalMaxPool3d = with_samples(torch.nn.FractionalMaxPool3d)
torch.nn.SinusoidalEncoding = SinusoidalEncoding
torch.nn.LearnedEncoding = LearnedEncoding


def snake(name):
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower()


def is_tensor(value):
    return isinstance(value, dict) and 'dtype' in value


def tensor(given):
    # JSON has no infinities: they come as strings.
    data = [float(x) if isinstance(x, str) else x for x in given['data']]
    x = torch.tensor(data, dtype=getattr(torch, given['dtype'])).reshape(given['shape'])
    # Classes and indices are int64 in PyTorch.
    x = x.long() if x.dtype == torch.int32 else x
    return x.requires_grad_() if given.get('requiresGrad') else x


def decode(value):
    if is_tensor(value):
        return tensor(value)
    if isinstance(value, dict):
        return {snake(key): decode(item) for key, item in value.items()}
    return tuple(decode(item) for item in value) if isinstance(value, list) else value


def build(given):
    name, args, options = given['name'], decode(given['args']), decode(given['options'])
    if name in ('TransformerEncoder', 'TransformerDecoder'):
        layer = getattr(torch.nn, name + 'Layer')(*args[:2], **options)
        norm = torch.nn.LayerNorm(args[0], eps=0.1) if args[3] else None
        keywords = {'enable_nested_tensor': False} if name == 'TransformerEncoder' else {}
        return getattr(torch.nn, name)(layer, args[2], norm, **keywords)
    return getattr(torch.nn, name)(*args, **options)


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [x for item in value for x in flat(item)] if isinstance(value, (list, tuple)) else []


def keywords_of(inputs):
    last = inputs[-1] if inputs else None
    return (inputs[:-1], last) if isinstance(last, dict) else (inputs, {})


def prepared(name, inputs):
    # PyTorch's gradient of this loss holds only behind a log-softmax.
    return [inputs[0].log_softmax(-1), *inputs[1:]] if name == 'CTCLoss' else inputs


def initial(given):
    torch.manual_seed(given['seed'])
    return {key: value.tolist() for key, value in build(given).state_dict().items()}


def train(given):
    module = build(given)
    module.to(getattr(torch, given['dtype'])).train(given['training'])
    module.load_state_dict({key: tensor(value) for key, value in given['state'].items()})
    inputs, keywords = keywords_of(decode(given['inputs']))
    leaves = [x for x in flat([*inputs, *keywords.values()]) if x.requires_grad]
    parameters = list(module.parameters())
    steps = []
    for _ in range(given['steps']):
        for x in leaves + parameters:
            x.grad = None
        outputs = [x for x in flat(module(*prepared(given['name'], inputs), **keywords)) if x.is_floating_point()]
        cotangents = [tensor(value) for value in given['cotangents']]
        if any(x.requires_grad for x in outputs):
            sum((x * c).sum() for x, c in zip(outputs, cotangents, strict=True)).backward()
        steps.append({
            'outputs': [x.tolist() for x in outputs],
            'gradients': [None if x.grad is None else x.grad.tolist() for x in leaves + parameters],
        })
        with torch.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p -= given['lr'] * p.grad
    state = {key: value.tolist() for key, value in module.state_dict().items()}
    return {'text': repr(module), 'steps': steps, 'state': state}


def run(given):
    return initial(given) if 'seed' in given else train(given)
