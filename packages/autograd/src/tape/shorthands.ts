import type { BinaryName, UnaryFunction, UnaryName } from '../kernels/kernels.ts';
import { kernels } from '../kernels/select.ts';
import { checkOperand, checkTensor } from '../tensor/check.ts';
import { alias, constant, wrap } from '../tensor/core.ts';
import { type DType, getDefaultDType, isFloat, resultType } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError } from '../tensor/errors.ts';
import { broadcastShapes, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { withGradMode } from './mode.ts';
import type { Node, Op, Spec } from './node.ts';
import { isTracked, record1, record2 } from './record.ts';

/** An operand of a binary operation: a tensor, or a JavaScript number. */
export type Operand = Tensor | number;

/** What integer inputs become: they stay integers, or are promoted to the default floating point dtype. */
export type IntegerInputs = 'keep' | 'promote';

/** The dtypes that a function is not defined for: bool, or all but the floating point ones. */
export type Refused = 'bool' | 'integers';

const none: readonly never[] = [];

/**
 * How an elementwise function differentiates, stated once for both modes: `derivative` is f'(x), by which tangents and
 * cotangents are multiplied; `differential` maps a tangent itself, for kinks, which select instead of multiplying.
 * `saves` says which value the rule is given.
 */
export type UnaryRule<A = void> = DerivativeRule<A> | DifferentialRule<A> | ConstantRule<A>;

/** A smooth function: tangents are multiplied by its derivative. */
export interface DerivativeRule<A = void> {
  /** Which value the derivative is computed from. */
  readonly saves: 'input' | 'output';
  /** f'(x), from x or from f(x). */
  readonly derivative: (saved: Tensor, attributes: A) => Tensor;
  /** The kernel that gives the same in one pass, from a tangent and the saved value: used where nothing records. Default none. */
  readonly adjoint?: BinaryName;
}

/** A function with kinks: tangents are selected. */
export interface DifferentialRule<A = void> {
  /** Which value the differential is computed from. */
  readonly saves: 'input' | 'output';
  /** The image of a tangent at x. */
  readonly differential: (t: Tensor, saved: Tensor, attributes: A) => Tensor;
  /** As for {@link DerivativeRule}. */
  readonly adjoint?: BinaryName;
}

/** A function whose differential is the same everywhere. */
export interface ConstantRule<A = void> {
  /** Nothing is saved. */
  readonly saves: 'nothing';
  /** The image of a tangent. */
  readonly differential: (t: Tensor, attributes: A) => Tensor;
}

/** See {@link elementwise} and {@link elementwiseWith}. */
export type ElementwiseDefinition<A = void> = {
  /** The name in error messages and graphs. */
  readonly name: string;
  /** A kernel's name, or a function of one number and the attributes. */
  readonly forward: UnaryName | ((x: number, attributes: A) => number);
  /** Default: 'promote' for functions of one operand, 'keep' for functions of two. */
  readonly integers?: IntegerInputs;
  /** Inputs to refuse with a DTypeError; none unless given. */
  readonly refuses?: Refused;
} & UnaryRule<A>;

/**
 * Declares a function applied to every element, with its derivative stated once. For one with parameters see
 * {@link elementwiseWith}.
 *
 * @example
 * ```ts
 * import { elementwise, tensor } from '@tensortape/autograd';
 * const gaussian = elementwise({
 *   name: 'gaussian',
 *   forward: (x) => Math.exp(-x * x),
 *   saves: 'input',
 *   derivative: (x) => gaussian(x).mul(x).mul(-2),
 * });
 * const x = tensor(0.5, { dtype: 'float64', requiresGrad: true });
 * gaussian(x).backward();
 * console.log(x.grad?.item().toFixed(6)); // -0.778801
 * ```
 */
export function elementwise(definition: ElementwiseDefinition): (x: Tensor) => Tensor {
  return build(definition);
}

/**
 * Declares a function applied to every element that has parameters: its attributes, of type `A`, are the second argument of
 * the function and the last of its rules. A function of its own, as TypeScript cannot infer the type of a constant whose
 * derivative calls it when the declaration is generic.
 *
 * @example
 * ```ts
 * import { elementwiseWith, tensor } from '@tensortape/autograd';
 * const power = elementwiseWith<number>({
 *   name: 'power',
 *   forward: (x, exponent) => x ** exponent,
 *   saves: 'input',
 *   derivative: (x, exponent) => x.pow(exponent - 1).mul(exponent),
 * });
 * const x = tensor(2, { requiresGrad: true });
 * power(x, 3).backward();
 * console.log(x.grad?.item()); // 12
 * ```
 */
export function elementwiseWith<A>(
  definition: ElementwiseDefinition<A>,
): (x: Tensor, attributes: A) => Tensor {
  return build(definition);
}

function build<A>(definition: ElementwiseDefinition<A>): (x: Tensor, attributes?: A) => Tensor {
  const { name, forward, saves, integers = 'promote', refuses } = definition;
  const differential = (t: Tensor, node: Node): Tensor => {
    const attributes = node.attributes as A;
    if (definition.saves === 'nothing') return definition.differential(t, attributes);
    const saved = node.saved(0);
    const { adjoint } = definition;
    if (adjoint !== undefined && !isTracked(t) && !isTracked(saved)) {
      return wrap(kernels.binary(adjoint, t, saved), t.dtype, t.shape);
    }
    return 'derivative' in definition
      ? t.mul(definition.derivative(saved, attributes))
      : definition.differential(t, saved, attributes);
  };
  const op: Op = {
    name,
    inputs: ['x'],
    saves: saves === 'nothing' ? none : [saves === 'input' ? 'x' : 'output'],
    vjp: (cotangents, node) => differential(cotangents[0]!, node),
    jointVjp: null,
    jvp: (tangents, node) => [differential(tangents[0]!, node)],
    onceDifferentiable: false,
  };
  const plain = forward as UnaryFunction;
  const of = (attributes: A): UnaryFunction =>
    typeof forward === 'string' ? forward : (value) => forward(value, attributes);
  return (x, attributes) => {
    checkTensor(name, 'x', x);
    if (refuses !== undefined) refuseDType(name, x, refuses);
    const input = integers === 'promote' && !isFloat(x.dtype) ? x.to(getDefaultDType()) : x;
    const y = wrap(
      kernels.unary(attributes === undefined ? plain : of(attributes), input),
      input.dtype,
      input.shape,
    );
    if (!isTracked(input)) return y;
    const saved = saves === 'nothing' ? none : [saves === 'input' ? input : y];
    return record1(op, input, y, saved, attributes);
  };
}

/** What is meant by arithmetic on bool. */
const logicalForms: Readonly<Record<string, string>> = { neg: 'logicalNot', sub: 'logicalXor' };

/** Refuses a bool tensor, or any that is not floating point. */
export function refuseDType(op: string, x: Tensor, refused: Refused): void {
  if (refused === 'bool' && x.dtype === 'bool') {
    const logical = logicalForms[op];
    throw new DTypeError(
      `${op}: not defined for bool; convert it with .to('int32')${logical === undefined ? '' : `, or use ${logical}`}`,
    );
  }
  if (refused === 'integers' && !isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: expected a floating point tensor, got ${x.dtype}; convert it with .to('${getDefaultDType()}')`,
    );
  }
}

/**
 * The differentials of a binary function with respect to its two operands. `saves: 'other'` hands each rule the other
 * operand (products); 'inputs' hands it both.
 */
export type BinaryRule = SumRule | ProductRule | PairRule;

/** Differentials that are the same everywhere. */
export interface SumRule {
  /** Nothing is saved. */
  readonly saves: 'nothing';
  /** The images of a tangent of a, and of one of b. */
  readonly differentials: readonly [(t: Tensor) => Tensor, (t: Tensor) => Tensor];
}

/** Differentials that depend on the other operand. */
export interface ProductRule {
  /** Each operand is saved only when the other is tracked. */
  readonly saves: 'other';
  /** The images of a tangent of a (given b), and of one of b (given a). */
  readonly differentials: readonly [(t: Tensor, b: Tensor) => Tensor, (t: Tensor, a: Tensor) => Tensor];
}

/** Differentials that depend on both operands. */
export interface PairRule {
  /** Both operands are saved. */
  readonly saves: 'inputs';
  /** The images of a tangent of a, and of one of b, given both. */
  readonly differentials: readonly [
    (t: Tensor, a: Tensor, b: Tensor) => Tensor,
    (t: Tensor, a: Tensor, b: Tensor) => Tensor,
  ];
}

/** See {@link binary}. */
export type BinaryDefinition = {
  /** The name in error messages and graphs. */
  readonly name: string;
  /** A kernel's name, or a function of two numbers. */
  readonly forward: BinaryName | ((a: number, b: number) => number);
  /** Default: 'promote' for functions of one operand, 'keep' for functions of two. */
  readonly integers?: IntegerInputs;
  /** Common dtypes that are refused; none unless given. */
  readonly refuses?: Refused;
} & BinaryRule;

/**
 * Declares an elementwise function of two operands. Operands are promoted and broadcast first, by recorded operations
 * with rules of their own, so the rules see equal shapes and dtypes.
 */
export function binary(definition: BinaryDefinition): (a: Operand, b: Operand) => Tensor {
  const { name, forward, saves, integers = 'keep', refuses } = definition;
  const rules = definition.differentials as readonly ((t: Tensor, a?: Tensor, b?: Tensor) => Tensor)[];
  const differential = (t: Tensor, node: Node, index: number) => {
    if (saves === 'nothing') return rules[index]!(t);
    if (saves === 'other') return rules[index]!(t, node.saved(1 - index));
    return rules[index]!(t, node.saved(0), node.saved(1));
  };
  const op: Op = {
    name,
    inputs: ['a', 'b'],
    saves: saves === 'nothing' ? none : ['a', 'b'],
    vjp: (cotangents, node, index) => differential(cotangents[0]!, node, index),
    jointVjp: null,
    jvp: ([s = null, t = null], node) => [
      sumOf(s && differential(s, node, 0), t && differential(t, node, 1)),
    ],
    onceDifferentiable: false,
  };
  return (a, b) => {
    const [x, y] = operands(name, a, b, integers);
    if (refuses !== undefined) refuseDType(name, x, refuses);
    const out = wrap(kernels.binary(forward, x, y), x.dtype, x.shape);
    const trackedX = isTracked(x);
    const trackedY = isTracked(y);
    if (!trackedX && !trackedY) return out;
    if (saves === 'nothing') return record2(op, x, y, out, none);
    if (saves === 'inputs') return record2(op, x, y, out, [x, y]);
    return record2(op, x, y, out, [trackedY ? x : undefined, trackedX ? y : undefined]);
  };
}

/** Two operands as tensors of one dtype and shape. */
export function operands(
  op: string,
  a: Operand,
  b: Operand,
  integers: IntegerInputs = 'keep',
): readonly [Tensor, Tensor] {
  checkOperand(op, 'a', a);
  checkOperand(op, 'b', b);
  if (typeof a === 'object' && typeof b === 'object') {
    // Operands that already match are the usual case, in a sweep above all.
    const ready = a.shape === b.shape && a.dtype === b.dtype && (integers === 'keep' || isFloat(a.dtype));
    if (ready) return [a, b];
  }
  if (typeof a === 'number' && typeof b === 'number') {
    throw new ArgumentError(
      `${op}: expected a tensor, got the numbers ${a} and ${b}; make one with tensor(${a})`,
    );
  }
  const common =
    typeof a !== 'number' && typeof b !== 'number' && a.dtype === b.dtype ? a.dtype : resultType(a, b);
  const dtype = integers === 'promote' && !isFloat(common) ? getDefaultDType() : common;
  if (typeof a === 'number') return [constant(a, dtype, (b as Tensor).shape), toDType(b as Tensor, dtype)];
  if (typeof b === 'number') return [toDType(a, dtype), constant(b, dtype, a.shape)];
  const x = toDType(a, dtype);
  const y = toDType(b, dtype);
  if (sameShape(x.shape, y.shape)) return [x, y];
  const shape = broadcastShapes(op, x.shape, y.shape);
  return [sameShape(x.shape, shape) ? x : x.expand(shape), sameShape(y.shape, shape) ? y : y.expand(shape)];
}

function toDType(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : x.to(dtype);
}

/** The sum of two tangents, null standing for zero. */
export function sumOf(a: Tensor | null, b: Tensor | null): Tensor | null {
  return a === null ? b : b === null ? a : a.add(b);
}

/** See {@link linear}. */
export interface LinearDefinition<A> {
  /** The name in error messages and graphs. */
  readonly name: string;
  /** The map itself; runs without being recorded. */
  readonly forward: (x: Tensor, attributes: A) => Tensor;
  /** The adjoint map; `like` is the shape and dtype of x. */
  readonly transpose: (g: Tensor, attributes: A, like: Spec) => Tensor;
}

/** Declares a linear map of one tensor: its tangent is the map itself, its cotangent the transposed map. */
export function linear<A = void>(definition: LinearDefinition<A>): (x: Tensor, attributes: A) => Tensor {
  const { name, forward, transpose } = definition;
  const op: Op = {
    name,
    inputs: ['x'],
    saves: none,
    vjp: (cotangents, node) => transpose(cotangents[0]!, node.attributes as A, node.input(0)),
    jointVjp: null,
    jvp: (tangents, node) => [call(tangents[0]!, node.attributes as A)],
    onceDifferentiable: false,
  };
  const call = (x: Tensor, attributes: A): Tensor => {
    checkTensor(name, 'x', x);
    if (!isTracked(x)) return forward(x, attributes);
    const y = withGradMode(false, () => forward(x, attributes));
    return isFloat(y.dtype) ? record1(op, x, y === x ? alias(y) : y, none, attributes) : y;
  };
  return call;
}

/** See {@link bilinear}. */
export interface BilinearDefinition<A> {
  /** The name in error messages and graphs. */
  readonly name: string;
  /** The map itself; runs without being recorded. */
  readonly forward: (a: Tensor, b: Tensor, attributes: A) => Tensor;
  /** The cotangent of `a`, from that of the result and `b`; `like` is the shape and dtype of `a`. */
  readonly transposeLeft: (g: Tensor, b: Tensor, attributes: A, like: Spec) => Tensor;
  /** The cotangent of `b`, from that of the result and `a`; `like` is the shape and dtype of `b`. */
  readonly transposeRight: (g: Tensor, a: Tensor, attributes: A, like: Spec) => Tensor;
}

/** Declares a map that is linear in each of two tensors of one dtype; each is saved only when the other is tracked. */
export function bilinear<A = void>(
  definition: BilinearDefinition<A>,
): (a: Tensor, b: Tensor, attributes: A) => Tensor {
  const { name, forward, transposeLeft, transposeRight } = definition;
  const op: Op = {
    name,
    inputs: ['a', 'b'],
    saves: ['a', 'b'],
    vjp: (cotangents, node, index) =>
      index === 0
        ? transposeLeft(cotangents[0]!, node.saved(1), node.attributes as A, node.input(0))
        : transposeRight(cotangents[0]!, node.saved(0), node.attributes as A, node.input(1)),
    jointVjp: null,
    jvp: ([s = null, t = null], node) => {
      const attributes = node.attributes as A;
      return [sumOf(s && call(s, node.saved(1), attributes), t && call(node.saved(0), t, attributes))];
    },
    onceDifferentiable: false,
  };
  const call = (a: Tensor, b: Tensor, attributes: A): Tensor => {
    checkTensor(name, 'a', a);
    checkTensor(name, 'b', b);
    const trackedA = isTracked(a);
    const trackedB = isTracked(b);
    if (!trackedA && !trackedB) return forward(a, b, attributes);
    const y = withGradMode(false, () => forward(a, b, attributes));
    const output = y === a || y === b ? alias(y) : y;
    return record2(op, a, b, output, [trackedB ? a : undefined, trackedA ? b : undefined], attributes);
  };
  return call;
}
