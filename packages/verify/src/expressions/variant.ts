import type { Tensor } from '@tensortape/autograd';
import type { Value } from './functions.ts';
import type { Expression } from './tree.ts';

/** A mistake that people make in a derivative, at one call of an expression: its value stays, its derivative does not. */
export interface Variant {
  /** The call. */
  readonly call: Expression;
  /** What is wrong with its derivative: left out, of the wrong sign, twice or half of it; or one operand is taken for a constant. */
  readonly kind: 'identity' | 'negated' | 'doubled' | 'halved' | 'constantOperand';
  /** Which operand is taken for a constant. */
  readonly operand: number;
}

/** The operands as the mistake sees them. */
export function alterOperands({ kind, operand }: Variant, args: readonly Value[]): Value[] {
  if (kind !== 'constantOperand') return [...args];
  return args.map((arg, i) => (i === operand && typeof arg !== 'number' ? arg.detach() : arg));
}

/** The result with the derivative that the mistake gives it. */
export function alterResult({ kind }: Variant, args: readonly Value[], result: Value): Value {
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
      if (linear.has(expression.name)) return nested;
      return [
        ...(args.length === 1 ? [own('identity')] : args.map((_, i) => own('constantOperand', i))),
        own('negated'),
        own('halved'),
        own('doubled'),
        ...nested,
      ];
    }
  }
}

/** Calls whose derivative hardly anyone gets wrong, and others would be blamed for the mistakes of. */
const linear: ReadonlySet<string> = new Set([
  'unaryMinus',
  'unaryPlus',
  'transpose',
  'ctranspose',
  'add',
  'subtract',
]);
