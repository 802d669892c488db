import { type DType, type Tensor, tensor } from '@tensortape/autograd';
import { type Draw, drawIndex } from '../../src/ops/kit.ts';
import { type Program, runStep, type Step } from './program.ts';
import { Pool, type Recipe, recipes } from './vocabulary.ts';

const shapes = [[], [3], [1], [2, 3], [3, 3], [3, 1], [2, 1, 3], [4], [2, 2, 3], [0, 3]] as const;
const dtypes: readonly DType[] = [
  'float64',
  'float64',
  'float64',
  'float64',
  'float32',
  'int32',
  'uint8',
  'bool',
];

/** Programs stay where rounding is not magnified beyond what can be compared. */
const LARGEST_VALUE = 100;
const LARGEST_SIZE = 200;

function drawInput(draw: Draw): Tensor {
  const shape = shapes[drawIndex(draw, shapes.length)]!;
  const dtype = dtypes[drawIndex(draw, dtypes.length)]!;
  const size = shape.reduce((a: number, b: number) => a * b, 1);
  const whole = dtype !== 'float32' && dtype !== 'float64';
  // A few equal values, exact in every dtype, and some that are not.
  const value = () => {
    if (whole) return drawIndex(draw, 4) - (dtype === 'int32' ? 1 : 0);
    return (drawIndex(draw, 513) - 256) / 128;
  };
  return tensor(Float64Array.from({ length: size }, value), { shape, dtype });
}

function acceptable(x: Tensor): boolean {
  return x.size <= LARGEST_SIZE && x.ndim <= 5 && x.toTypedArray().every((v) => Math.abs(v) <= LARGEST_VALUE);
}

function drawStep(pool: Pool, recipe: Recipe): { step: Step; value: Tensor } | null {
  const name = pool.oneOf(recipe.names);
  const args = recipe.args(pool, name);
  if (args === null) return null;
  const step = { name, args, pick: pool.integer(0, (recipe.picks ?? 1) - 1) };
  const value = runStep(step, pool.values);
  return acceptable(value) ? { step, value } : null;
}

/** A program of 5 to 30 operations. */
export function drawProgram(draw: Draw): Program {
  const inputs = Array.from({ length: 2 + drawIndex(draw, 4) }, () => drawInput(draw));
  const pool = new Pool(draw, inputs);
  const length = 5 + drawIndex(draw, 26);
  const steps: Step[] = [];
  for (let attempts = 0; steps.length < length && attempts < 20 * length; attempts++) {
    const drawn = drawStep(pool, recipes[drawIndex(draw, recipes.length)]!);
    if (drawn === null) continue;
    steps.push(drawn.step);
    pool.values.push(drawn.value);
  }
  return { inputs, steps, twice: drawIndex(draw, 3) === 0 };
}
