import { expect, test } from '@jest/globals';
import { func, type Tensor, tensor } from '@tensortape/autograd';
import { functionalCall, Linear, Sequential, Tanh } from '@tensortape/nn';
import { describeIfTorch, worstError } from '../../../../scripts/jest/python.ts';

const script = `
import torch
from torch.func import functional_call, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vjp
from torch.autograd.functional import hvp, vhp

def t(data): return torch.tensor(data, dtype=torch.float64)

def loss(r): return ((r['w'] * r['parts'][0]).sin() * r['parts'][1]).sum() + r['w'].prod()
def maps(x, y): return (x.outer(y).exp(), (x * x).sum() * y)
def tree(): return {'w': t([0.3, -1.2]), 'parts': (t(0.7), t([1.5, 0.4]))}
x, y = t([0.2, -0.5, 1.1]), t([0.6, -0.9])
v = t([1.0, -2.0, 0.5])
def cubic(x): return (x ** 3).sum() * x.cos().sum()

def plain(value):
    if isinstance(value, torch.Tensor): return value.detach().tolist()
    if isinstance(value, dict): return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value]

net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
def weights():
    return {'0.weight': t([[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]]), '0.bias': t([0.1, 0.0, -0.1]),
            '2.weight': t([[1.0, -1.0, 0.5]]), '2.bias': t([0.2])}
def through(w): return functional_call(net, w, (t([[1.0, 2.0]]),)).square().sum()

cases = {
    'grad': lambda: grad(loss)(tree()),
    'argnums': lambda: grad(lambda x, y: maps(x, y)[0].sum(), argnums=(1, 0))(x, y),
    'hasAux': lambda: grad_and_value(lambda x: (cubic(x), x * 2), has_aux=True)(x)[::-1],
    'vjp': lambda: vjp(maps, x, y)[1]((t([[1, 2], [3, 4], [5, 6]]), t([7, 8]))),
    'jvp': lambda: jvp(maps, (x, y), (v, t([2.0, 1.0]))),
    'jacrev': lambda: jacrev(maps, argnums=(0, 1))(x, y),
    'jacfwd': lambda: jacfwd(maps, argnums=(0, 1))(x, y),
    'hessian': lambda: hessian(loss)(tree()),
    'hvp': lambda: hvp(cubic, x, v)[1],
    'vhp': lambda: vhp(cubic, x, v)[1],
    'nested': lambda: jacfwd(lambda x: vjp(grad(cubic), x)[1](v)[0])(x),
    'confusion': lambda: grad(lambda x: x * grad(lambda y: x * y * y)(x))(t(1.3)),
    'unused': lambda: grad(lambda p: p['a'].sum())({'a': x, 'b': x})['b'],
    'module': lambda: grad(through)(weights()),
    'moduleHessian': lambda: hessian(through)(weights()),
}

def run(name): return plain(cases[name]())
`;

type Data = number | readonly Data[];
const t = (data: Data): Tensor => tensor(data as number[], { dtype: 'float64' });

interface Tree {
  readonly w: Tensor;
  readonly parts: readonly [Tensor, Tensor];
}

const loss = ({ w, parts: [c, d] }: Tree) => w.mul(c).sin().mul(d).sum().add(w.prod());
const tree = (): Tree => ({ w: t([0.3, -1.2]), parts: [t(0.7), t([1.5, 0.4])] });
const outerExp = (x: Tensor, y: Tensor) => x.unsqueeze(1).mul(y).exp();
const maps = (x: Tensor, y: Tensor) => [outerExp(x, y), x.mul(x).sum().mul(y)] as const;
const cubic = (x: Tensor) => x.pow(3).sum().mul(x.cos().sum());
const [x, y, v] = [t([0.2, -0.5, 1.1]), t([0.6, -0.9]), t([1, -2, 0.5])];

const net = new Sequential(new Linear(2, 3), new Tanh(), new Linear(3, 1)).to('float64');
const weights = () => ({
  '0.weight': t([
    [0.1, 0.2],
    [-0.3, 0.4],
    [0.5, -0.6],
  ]),
  '0.bias': t([0.1, 0, -0.1]),
  '2.weight': t([[1, -1, 0.5]]),
  '2.bias': t([0.2]),
});
const through = (w: ReturnType<typeof weights>) =>
  functionalCall(net, w, t([[1, 2]]))
    .square()
    .sum();

const cases: Readonly<Record<string, () => unknown>> = {
  grad: () => func.grad(loss)(tree()),
  argnums: () => func.grad((a: Tensor, b: Tensor) => outerExp(a, b).sum(), [1, 0])(x, y),
  hasAux: () => func.valueAndGrad((a: Tensor) => [cubic(a), a.mul(2)] as const, 0, { hasAux: true })(x),
  vjp: () =>
    func.vjp(maps, x, y)[1](
      t([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      t([7, 8]),
    ),
  jvp: () => func.jvp(maps, [x, y], [v, t([2, 1])]),
  jacrev: () => func.jacobian(maps, { argnums: [0, 1], mode: 'reverse' })(x, y),
  jacfwd: () => func.jacobian(maps, { argnums: [0, 1], mode: 'forward' })(x, y),
  hessian: () => func.hessian(loss)(tree()),
  hvp: () => func.hvp(cubic, x, v),
  vhp: () => func.vhp(cubic, x, v),
  nested: () => func.jacobian((a: Tensor) => func.vjp(func.grad(cubic), a)[1](v)[0], { mode: 'forward' })(x),
  confusion: () => func.grad((a: Tensor) => a.mul(func.grad((b: Tensor) => a.mul(b).mul(b))(a)))(t(1.3)),
  unused: () => func.grad(({ a }: { a: Tensor; b: Tensor }) => a.sum())({ a: x, b: x }).b,
  module: () => func.grad(through)(weights()),
  moduleHessian: () => func.hessian(through)(weights()),
};

/** Tensors as the numbers that cross over from Python. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toArray' in value) return (value as Tensor).toArray();
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

describeIfTorch('func equals torch.func', script, (ask) => {
  test.each(Object.keys(cases))('%s', async (name) => {
    expect(worstError(plain(cases[name]!()), await ask(name))).toBeLessThan(1e-12);
  });
});
