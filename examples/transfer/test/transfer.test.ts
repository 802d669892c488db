import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { datasets, manualSeed, noGrad, ones, type Tensor, tensor } from 'tensortape';
import { loadFile } from 'tensortape/node';
import { describeIfTorch, worstError } from '../../../scripts/jest/python.ts';
import { ConvNet } from '../src/model.ts';
import { parseOptions } from '../src/options.ts';
import { five, transfer } from '../src/transfer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transfer-'));
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockReturnValue(true);
});
afterAll(() => rm(folder, { recursive: true }));

const digits = {
  training: five(datasets.generatedDigits({ count: 400, seed: 1, flatten: true }), 5, 100),
  validation: five(datasets.generatedDigits({ count: 200, seed: 2, flatten: true }), 5),
};
const training = { epochs: 5, lr: 0.02, signal: new AbortController().signal };
const valuesOf = (net: ConvNet): number[] =>
  [...net.features.parameters()].flatMap((p) => [...p.toTypedArray()].map(Number));

test('five takes the digits it should, with labels from 0 on', () => {
  const all = datasets.generatedDigits({ count: 40, seed: 1, flatten: true });
  const labels = (chosen: datasets.Dataset<[Tensor, Tensor]>) =>
    Array.from({ length: chosen.length }, (_, i) => chosen.get(i)[1].item());
  const before = labels(all);
  expect(labels(five(all, 5))).toEqual(before.filter((label) => label >= 5).map((label) => label - 5));
  expect(labels(five(all, 0, 3))).toEqual(before.filter((label) => label < 5).slice(0, 3));
});

test('only the head learns, and learns', async () => {
  manualSeed(0);
  const known = new ConvNet(7);
  const { net, before, after } = await transfer(known.stateDict(), digits, training);
  expect(valuesOf(net)).toEqual(valuesOf(known));
  expect(net.head.weight.shape).toEqual([5, 256]);
  expect(before.accuracy).toBeLessThan(0.5);
  expect(after.accuracy).toBeGreaterThan(0.75);
});

test('weights of another net', async () => {
  const weights = new ConvNet(5).stateDict();
  weights.delete('features.3.bias');
  await expect(transfer(weights, digits, training)).rejects.toThrow(
    /--weights: .*\n.*missing keys: features.3.bias/,
  );
  await expect(transfer(new Map(), digits, training)).rejects.toThrow(
    'the file has no head.bias, but nothing',
  );
});

test('defaults, and words it does not know', () => {
  expect(parseOptions([])).toMatchObject({ few: 250, epochs: 10, out: 'runs/transfer' });
  for (const words of ['--few 0', '--lr x', 'word', '--weights=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

const script = `
import json, struct, torch
from torch import nn
class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        self.head = nn.Linear(256, 5)
    def forward(self, x):
        return self.head(self.features(x.reshape(-1, 1, 28, 28)))
def run(path):
    torch.manual_seed(0)
    net = ConvNet()
    # What safetensors.torch.save_file(net.state_dict(), path) writes.
    header, data = {}, b''
    for key, value in net.state_dict().items():
        raw = value.numpy().tobytes()
        header[key] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)
    return net(torch.ones(2, 784) * torch.tensor([[0.2], [0.9]])).tolist()
`;
describeIfTorch('weights of PyTorch', script, (ask) => {
  test('give the same scores here, and can be transferred', async () => {
    const file = join(folder, 'torch.safetensors');
    const scores = await ask(file);
    const net = new ConvNet(5);
    net.loadStateDict(await loadFile(file));
    const own = noGrad(() => net.forward(ones([2, 784]).mul(tensor([[0.2], [0.9]])))).toArray();
    expect(worstError(own, scores)).toBeLessThan(1e-5);
    manualSeed(0);
    // Its features have learnt nothing yet, but are of use: chance would be 0.2.
    const { after } = await transfer(await loadFile(file), digits, training);
    expect(after.accuracy).toBeGreaterThan(0.6);
  });
});
