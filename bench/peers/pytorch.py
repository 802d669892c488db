"""PyTorch behind the protocol of serve.mjs."""
import json
import math
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def floats(numbers):
    return torch.from_numpy(np.fromfile(numbers['file'], np.float32).reshape(numbers['shape']))


def integers(numbers):
    return torch.from_numpy(np.fromfile(numbers['file'], np.int32).reshape(numbers['shape'])).long()


def matmul(workload):
    a, b = floats(workload['a']), floats(workload['b'])
    n = len(a)
    c = None

    def step():
        nonlocal c
        c = a @ b

    return step, lambda: [c[0, 1].item(), c[n - 1, 0].item(), c[n >> 1, n - 1].item()]


def chain(workload):
    a = torch.tensor(1.5, requires_grad=True)
    y = None

    def step():
        nonlocal y
        a.grad = None
        y = a
        for _ in range(0, workload['ops'], 2):
            y = (y * a).sin()
        y.backward()

    return step, lambda: [y.item(), a.grad.item()]


def layer(description):
    kind = description['type']
    parameters = [torch.nn.Parameter(floats(description[key])) for key in ('weight', 'bias') if key in description]
    apply = {
        'conv': lambda h: F.conv2d(h, *parameters, padding=description['padding']),
        'flatten': lambda h: h.flatten(1),
        'linear': lambda h: F.linear(h, *parameters),
        'pool': lambda h: F.max_pool2d(h, 2),
        'relu': F.relu,
    }[kind]
    return parameters, apply


def classifier(workload):
    x = floats(workload['x'])
    labels = integers(workload['labels'])
    net = [layer(description) for description in workload['layers']]
    options = dict(workload['optimizer'])
    make = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam}[options.pop('name')]
    updater = make([parameter for parameters, _ in net for parameter in parameters], **options)
    loss = None

    def step():
        nonlocal loss
        updater.zero_grad()
        h = x
        for _, apply in net:
            h = apply(h)
        loss = F.cross_entropy(h, labels)
        loss.backward()
        updater.step()

    return step, lambda: [loss.item()]


class CharLstm(nn.Module):
    def __init__(self, workload):
        super().__init__()
        self.lstm = nn.LSTM(workload['symbols'], workload['hidden'])
        self.head = nn.Linear(workload['hidden'], workload['symbols'])

    def forward(self, x):
        return self.head(self.lstm(x)[0])


class Gpt(nn.Module):
    def __init__(self, workload):
        super().__init__()
        symbols, width, context = workload['symbols'], workload['width'], workload['tokens']['shape'][1]
        options = dict(dim_feedforward=4 * width, dropout=0, activation='gelu', batch_first=True, norm_first=True)
        self.tokens = nn.Embedding(symbols, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(width, workload['heads'], **options) for _ in range(workload['layers'])
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, symbols)
        self.places = torch.arange(context)
        self.mask = nn.Transformer.generate_square_subsequent_mask(context)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions(self.places)
        for block in self.blocks:
            x = block(x, src_mask=self.mask, is_causal=True)
        return self.head(self.norm(x))


def language_model(model, x, workload):
    model.load_state_dict({key: floats(numbers) for key, numbers in workload['state'].items()})
    targets = integers(workload['targets'])
    updater = torch.optim.Adam(model.parameters(), lr=workload['lr'])
    loss = None

    def step():
        nonlocal loss
        updater.zero_grad()
        loss = F.cross_entropy(model(x).flatten(0, 1), targets)
        loss.backward()
        updater.step()

    return step, lambda: [loss.item()]


def char_lstm(workload):
    x = F.one_hot(integers(workload['tokens']), workload['symbols']).float()
    return language_model(CharLstm(workload), x, workload)


def gpt(workload):
    return language_model(Gpt(workload), integers(workload['tokens']), workload)


kinds = {'matmul': matmul, 'chain': chain, 'classifier': classifier, 'charLstm': char_lstm, 'gpt': gpt}
workload = None


def open_(options):
    torch.set_num_threads(options['threads'])
    return {'description': f'torch {torch.__version__}'}


def prepare(description):
    global workload
    workload = step, losses = kinds[description['kind']](description)
    checked = []
    for _ in range(3):
        step()
        checked += losses()
    return {'losses': checked}


def run(duration, clock):
    """Steps until so many milliseconds have gone by on a clock; the time of one."""
    step, _ = workload
    start = clock()
    steps = 0
    while True:
        step()
        steps += 1
        elapsed = (clock() - start) * 1000
        if elapsed >= duration:
            return elapsed / steps


def warm_up(duration):
    run(duration, time.process_time)
    return {}


def time_(duration):
    _, losses = workload
    step_time = run(duration, time.perf_counter)
    loss = losses()[0]
    return {'time': step_time, 'loss': loss if math.isfinite(loss) else None}


questions = {'open': open_, 'prepare': prepare, 'warmUp': warm_up, 'time': time_}

# Libraries may write to the standard output by themselves: it is theirs, the answers go to a copy.
answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
for line in sys.stdin:
    [(question, argument)] = json.loads(line).items()
    print(json.dumps(questions[question](argument)), file=answers, flush=True)
