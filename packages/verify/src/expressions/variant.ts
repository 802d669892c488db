import type { Tensor } from '@tensortape/autograd';
import type { Value } from './functions.ts';
import type { Expression } from './tree.ts';

/** A mistake that people make in a derivative, at one call of an expression: its value stays, its derivative does not. */
export interface Variant {
  /** The call. */
  readonly call: Expression;
  /** What is wrong with its derivative: left out, of the wrong sign, twice or half of it; or one operand is taken for a constant. */
  readonly kind: 'identity' | 'negated' | 'doubled' | 'halved' | 'constantOperand' | 'slip';
  /** Which operand is taken for a constant. */
  readonly operand: number;
  /** The wrong slope, where it is one that people take for the right one. */
  readonly slip?: Slip;
}

/** A wrong slope of a function, in words, with x its operand and y its value; p is the exponent of a power. */
export interface Slip {
  readonly says: string;
  readonly slope: (x: Tensor, y: Tensor, p: Value) => Tensor;
}

const powers: readonly Slip[] = [
  { says: 'x^(p − 1): the factor p is missing', slope: (x, y) => y.div(x) },
  { says: 'p x^p: the exponent is not lowered', slope: (_, y, p) => y.mul(p) },
];

const slips: ReadonlyMap<string, readonly Slip[]> = new Map([
  ['pow', powers],
  ['dotPow', powers],
  [
    'sigmoid',
    [
      { says: 'y: the factor (1 − y) is missing', slope: (_, y) => y },
      { says: '1 − y: the factor y is missing', slope: (_, y) => y.neg().add(1) },
      { says: '1 − y², which is that of tanh', slope: (_, y) => y.square().neg().add(1) },
      { says: 'x (1 − x): the operand in the place of the value', slope: (x) => x.sub(x.square()) },
    ],
  ],
  [
    'tanh',
    [
      { says: '1 − y: the square is missing', slope: (_, y) => y.neg().add(1) },
      { says: '1 + y², which is that of tan', slope: (_, y) => y.square().add(1) },
      { says: 'y (1 − y), which is that of sigmoid', slope: (_, y) => y.sub(y.square()) },
      { says: '1 − x²: the operand in the place of the value', slope: (x) => x.square().neg().add(1) },
    ],
  ],
  ['log', [{ says: '1/x²', slope: (x) => x.square().reciprocal() }]],
  ['sqrt', [{ says: '1/(2 x)', slope: (x) => x.reciprocal().div(2) }]],
  ['sin', [{ says: 'sin x', slope: (_, y) => y }]],
  ['cos', [{ says: 'cos x', slope: (_, y) => y }]],
]);

/** The operands as the mistake sees them. */
export function alterOperands({ kind, operand }: Variant, args: readonly Value[]): Value[] {
  if (kind !== 'constantOperand') return [...args];
  return args.map((arg, i) => (i === operand && typeof arg !== 'number' ? arg.detach() : arg));
}

/** The result with the derivative that the mistake gives it. */
export function alterResult({ kind, slip }: Variant, args: readonly Value[], result: Value): Value {
  if (typeof result === 'number') return result;
  const withSlope = (slope: Tensor) => result.detach().add(slope.sub(slope.detach()));
  switch (kind) {
    case 'identity': {
      const [x] = args;
      const fits = x !== undefined && typeof x !== 'number' && x.shape.join() === result.shape.join();
      return fits ? withSlope(x) : result;
    }
    case 'negated':
      return withSlope(result.neg());
    case 'doubled':
      return withSlope(result.mul(2));
    case 'halved':
      return withSlope(result.div(2));
    case 'slip': {
      const [x, p = 1] = args;
      if (x === undefined || typeof x === 'number' || slip === undefined) return result;
      return withSlope(x.mul(slip.slope(x, result, p).detach()));
    }
    case 'constantOperand':
      return result;
  }
}

/** The mistakes that can be made in an expression, call by call, from the outside inwards. */
export function variantsOf(expression: Expression): Variant[] {
  switch (expression.kind) {
    case 'number':
    case 'name':
      return [];
    case 'array':
      return expression.items.flatMap(variantsOf);
    case 'index':
      return variantsOf(expression.of);
    case 'call': {
      const { args } = expression;
      const own = (kind: Variant['kind'], operand = 0): Variant => ({ call: expression, kind, operand });
      const nested = args.flatMap(variantsOf);
      const operands = args.map((_, i) => own('constantOperand', i));
      // Hardly anyone gets the derivative of a sum wrong, but whole terms are forgotten.
      if (linear.has(expression.name)) return args.length === 1 ? nested : [...operands, ...nested];
      return [
        ...(args.length === 1 ? [own('identity')] : operands),
        ...(/pow$/i.test(expression.name) ? [own('identity')] : []),
        ...(slips.get(expression.name) ?? []).map((slip) => ({ ...own('slip'), slip })),
        own('negated'),
        own('halved'),
        own('doubled'),
        ...nested,
      ];
    }
  }
}

/** Calls that have no mistakes of their own. */
const linear: ReadonlySet<string> = new Set([
  'unaryMinus',
  'unaryPlus',
  'transpose',
  'ctranspose',
  'add',
  'subtract',
]);
