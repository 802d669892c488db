import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type FloatDType, Generator, type Nested, randn, Tensor, tensor } from '@tensortape/autograd';
import type { OptimizerStateDict } from '@tensortape/optim';
import fc from 'fast-check';
import { parityTable } from '../../../scripts/jest/parityTable.ts';
import { type Ask, describeIfTorch, worstError } from '../../../scripts/jest/python.ts';
import { classOf, exportedClasses, type OptimizerCase, optimizers, toPython } from './cases.ts';

const script = `
${readFileSync(new URL('fixtures/reference.py', import.meta.url), 'utf8')}

def spelled(options):
    # PyTorch refuses betas that are whole numbers.
    return {name: tuple(map(float, value)) if name == 'betas' else value for name, value in options.items()}

def plain(value):
    return value.tolist() if isinstance(value, torch.Tensor) else value

def rounded_muon(given):
    torch.set_default_dtype(torch.float32)
    w = torch.tensor(given['muon'], requires_grad=True)
    w.grad = torch.tensor(given['gradient'])
    exact = _muon._zeropower_via_newtonschulz
    exec(source, _muon.__dict__)
    torch.optim.Muon([w], lr=1).step()
    _muon._zeropower_via_newtonschulz = exact
    return w.tolist()

def run(given):
    if 'muon' in given:
        return rounded_muon(given)
    dtype = getattr(torch, given['dtype'])
    # The dtype of counters and products that belong to no element.
    torch.set_default_dtype(dtype)
    leaves = [[torch.tensor(values, requires_grad=True) for values in group] for group in given['params']]
    groups = [{'params': params, **spelled(options)} for params, options in zip(leaves, given['groups'])]
    options = spelled(given['options'])
    optimizer = optimizer_class(given['name'], options)(groups, **options)
    if given['state'] is not None:
        optimizer.load_state_dict({
            **given['state'],
            'state': {
                int(number): {
                    key: torch.tensor(value, dtype=dtype) for key, value in values.items()
                }
                for number, values in given['state']['state'].items()
            },
        })
    leaves = [leaf for group in leaves for leaf in group]
    snapshots = []
    for gradients in given['gradients']:
        for leaf, gradient in zip(leaves, gradients):
            leaf.grad = None if gradient is None else torch.tensor(gradient)
        optimizer.step()
        snapshots.append([leaf.tolist() for leaf in leaves])
    state = optimizer.state_dict()
    state['state'] = {
        number: {key: plain(value) for key, value in values.items()} for number, values in state['state'].items()
    }
    return {'snapshots': snapshots, 'state': state}
`;

test('every optimizer is compared', () => {
  const compared = [...new Set(Object.keys(optimizers).map(classOf)), 'LBFGS'];
  expect(exportedClasses().optimizers.sort()).toEqual(compared.sort());
});

const steps = 50;
const tolerance: Readonly<Record<FloatDType, number>> = { float64: 1e-12, float32: 1e-5 };

const drawn = (
  options: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(Object.entries(options).map(([name, values]) => [name, fc.constantFrom(...values)])),
    { requiredKeys: [] },
  );

/** What an optimizer remembers, without tensors. */
type PlainState = Record<string, Record<string, Nested>>;
interface Answer {
  readonly snapshots: Nested[][];
  readonly state: { readonly state: PlainState; readonly param_groups: Record<string, unknown>[] };
}

const mapState = <From, To>(
  state: Readonly<Record<string, Readonly<Record<string, From>>>>,
  map: (value: From) => To,
) =>
  Object.fromEntries(
    Object.entries(state).map(([number, values]) => [
      number,
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)])),
    ]),
  );
const encode = ({ state, param_groups }: OptimizerStateDict) => ({
  state: mapState(state, (value) => (value instanceof Tensor ? value.toArray() : value)),
  param_groups,
});
const decode = ({ state, param_groups }: Answer['state'], dtype: FloatDType): OptimizerStateDict => ({
  state: mapState(state, (value) => tensor(value, { dtype })),
  param_groups,
});

const note = parityTable('optimizers');

async function compare(title: string, one: OptimizerCase, ask: Ask): Promise<void> {
  const { groups = [[[2, 3], [4]], [[]]] } = one;
  const dtypes = fc.constantFrom<FloatDType>('float64', 'float32');
  // Parameters that have no gradient at some step.
  const gaps = fc.array(fc.nat(3 * steps - 1), { maxLength: 20 });
  const own = drawn(one.options);
  const whole = drawn({ ...one.options, ...one.whole }).map((options) => ({ ...one.always, ...options }));
  await fc.assert(
    fc.asyncProperty(fc.nat(), dtypes, whole, own, gaps, async (seed, dtype, options, ownOptions, gaps) => {
      const generator = new Generator(seed);
      const draw = (shape: readonly number[]) => randn(shape, { dtype, generator });
      const gradients = Array.from({ length: steps }, (_, step) =>
        groups.flat().map((shape, i) => (gaps.includes(3 * step + i) ? null : draw(shape))),
      );
      const [early, late] = [gradients.slice(0, steps / 2), gradients.slice(steps / 2)];

      const start = (values: Tensor[][]) => {
        const params = values.map((group) => group.map((value) => value.detach().clone().requiresGrad_()));
        const optimizer = one.make(
          params.map((tensors, i) => ({ ...(i === 1 && ownOptions), params: tensors })),
          options,
        );
        const train = (range: typeof gradients) =>
          range.map((ofStep) => {
            for (const [i, leaf] of params.flat().entries()) leaf.grad = ofStep[i]!;
            optimizer.step();
            return params.flat().map((leaf) => leaf.toArray());
          });
        return { params, optimizer, train };
      };
      const askTorch = async (params: Tensor[][], range: typeof gradients, state: object | null) => {
        const answer: Answer = Object(
          await ask({
            name: classOf(title),
            dtype,
            options: toPython(options),
            groups: [{}, toPython(ownOptions)],
            params: params.map((group) => group.map((value) => value.toArray())),
            gradients: range.map((ofStep) => ofStep.map((gradient) => gradient && gradient.toArray())),
            state,
          }),
        );
        return answer;
      };
      const near = (actual: unknown, expected: unknown) => {
        const error = worstError(actual, expected);
        note(title, dtype, [options, ownOptions], error, steps);
        expect(error).toBeLessThan(tolerance[dtype]);
      };

      const first = start(groups.map((group) => group.map(draw)));
      const theirs = await askTorch(first.params, early, null);
      near(first.train(early), theirs.snapshots);

      // From the middle: ours from our state, ours from PyTorch's, PyTorch's from ours.
      const [ours, crossed] = [start(first.params), start(first.params)];
      ours.optimizer.loadStateDict(first.optimizer.stateDict());
      crossed.optimizer.loadStateDict(decode(theirs.state, dtype));
      const resumed = await askTorch(first.params, late, encode(first.optimizer.stateDict()));
      near(crossed.train(late), resumed.snapshots);
      const end = ours.train(late);
      near(end, resumed.snapshots);
      expect(end).toEqual(first.train(late));

      const state = encode(ours.optimizer.stateDict());
      near(state.state, resumed.state.state);
      expect(resumed.state.param_groups).toMatchObject(state.param_groups);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 12 },
  );
}

describeIfTorch('equals PyTorch', script, (ask) => {
  test.each(Object.entries(optimizers))('%s', (title, one) => compare(title, one, ask));

  test('Muon as it is, in bfloat16, takes nearly the same step', async () => {
    const [start, gradient] = [randn([4, 3]), randn([4, 3])];
    const w = start.clone().requiresGrad_();
    w.grad = gradient;
    optimizers['Muon']!.make([w], { lr: 1 }).step();
    const rounded = Object(await ask({ muon: start.toArray(), gradient: gradient.toArray() }));
    const step = w.detach().sub(start);
    expect(step.sub(tensor(rounded).sub(start)).norm().item() / step.norm().item()).toBeLessThan(0.03);
    expect(step.norm().item()).toBeGreaterThan(1);
  });
});
