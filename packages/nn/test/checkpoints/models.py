"""The models of models.ts in PyTorch, their checkpoints as safetensors files, and what they give. Needs torch 2.13."""
import base64
import json
import math
import struct

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(2, 3, 3), nn.ReLU(), nn.AvgPool2d(2),
        )
        self.fc1 = nn.Linear(3, 5)
        self.fc2 = nn.Linear(5, 4)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(self.features(x).flatten(1))))


class LstmLanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 3, padding_idx=0)
        self.lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True, dropout=0.3)
        self.head = nn.Linear(4, 7)

    def forward(self, x):
        return self.head(self.lstm(self.embedding(x))[0])


class CausalSelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_attn = nn.Linear(4, 12)
        self.c_proj = nn.Linear(4, 4)

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = (part.view(n, t, 2, c // 2).transpose(1, 2) for part in self.c_attn(x).split(c, dim=2))
        scores = q @ k.transpose(-2, -1) / math.sqrt(c // 2)
        scores = scores.masked_fill(torch.ones(t, t, dtype=torch.bool).triu(1), float('-inf'))
        return self.c_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, c))


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_fc = nn.Linear(4, 8)
        self.c_proj = nn.Linear(8, 4)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate='tanh'))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1 = nn.LayerNorm(4)
        self.attn = CausalSelfAttention()
        self.ln_2 = nn.LayerNorm(4, bias=False)
        self.mlp = MLP()

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    """The layout and the names of nanoGPT, with the weights of the head tied to the embedding."""

    def __init__(self):
        super().__init__()
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(7, 4), wpe=nn.Embedding(6, 4), h=nn.ModuleList([Block(), Block()]), ln_f=nn.LayerNorm(4),
        ))
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = self.transformer.wte.weight

    def forward(self, x):
        h = self.transformer.wte(x) + self.transformer.wpe(torch.arange(x.shape[1]))
        for block in self.transformer.h:
            h = block(h)
        return self.lm_head(self.transformer.ln_f(h))


MODELS = {'LeNet': LeNet, 'LstmLanguageModel': LstmLanguageModel, 'Gpt': Gpt}
DTYPES = {'F32': torch.float32, 'F64': torch.float64, 'I64': torch.int64, 'I32': torch.int32}


def save(state):
    """A safetensors file, by its format: the length of the header, the header, the bytes of all tensors."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    header, body = {}, b''
    for key, value in state.items():
        data = value.detach().contiguous().numpy().tobytes()
        offsets = [len(body), len(body) + len(data)]
        header[key] = {'dtype': names[value.dtype], 'shape': list(value.shape), 'data_offsets': offsets}
        body += data
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + body


def load(data):
    (length,) = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    header.pop('__metadata__', None)
    return {
        key: torch.frombuffer(
            bytearray(data[8 + length + value['data_offsets'][0]:8 + length + value['data_offsets'][1]]),
            dtype=DTYPES[value['dtype']],
        ).reshape(value['shape'])
        for key, value in header.items()
    }


def run(given):
    torch.manual_seed(given['seed'])
    dtype = getattr(torch, given['dtype'])
    model = MODELS[given['model']]().to(dtype)
    x = torch.tensor(given['input'], dtype=dtype if given['model'] == 'LeNet' else torch.int64)
    if given['file'] is None:
        # A few steps, so that nothing is as it began.
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(3):
            optimizer.zero_grad()
            (model(x) - 1).square().sum().backward()
            optimizer.step()
    else:
        model.load_state_dict(load(base64.b64decode(given['file'])))
    with torch.no_grad():
        output = model.eval()(x).tolist()
    return {'file': base64.b64encode(save(model.state_dict())).decode(), 'output': output}
