import { formatNumber } from './number.ts';

/** How an operation is written in a trace. Operands and the result are names, or constants. */
export interface OpNotation {
  /** Its value: `x1 · x2`. */
  readonly value: (operands: readonly string[]) => string;
  /** Its partial derivative by one operand, which tangents and cotangents are multiplied by element by element. */
  readonly partial?: (index: number, operands: readonly string[], result: string) => string;
  /** What one operand's tangent contributes, where that is no product of elements. */
  readonly tangent?: (index: number, dot: string, operands: readonly string[]) => string;
  /** What the result's adjoint contributes to that of one operand, where that is no product of elements. */
  readonly adjoint?: (index: number, bar: string, operands: readonly string[]) => string;
}

const call = (name: string) => (operands: readonly string[]) => `${name}(${operands.join(', ')})`;

const unary = (name: string, partial: (x: string, y: string) => string): OpNotation => ({
  value: call(name),
  partial: (_, [x], y) => partial(x!, y),
});

const infix = (sign: string, partial: OpNotation['partial']): OpNotation => ({
  value: ([a, b]) => `${a} ${sign} ${b}`,
  ...(partial && { partial }),
});

/** A linear map: tangents go through it as values do, and adjoints go back through its transpose. */
const linear = (name: string, transposed: (bar: string, x: string) => string): OpNotation => ({
  value: call(name),
  tangent: (_, dot) => `${name}(${dot})`,
  adjoint: (_, bar, [x]) => transposed(bar, x!),
});

const spread = (bar: string, x: string) => `${bar} spread over ${x}`;
const back = (bar: string, x: string) => `${bar} in the shape of ${x}`;
const placed = (bar: string, x: string) => `${bar} put back into 0 · ${x}`;

/** b a^(b - 1), with the exponent worked out where it is a number. */
function powerRule(a: string, b: string): string {
  const exponent = Number(b.replace(/[()]/g, '').replace('−', '-'));
  if (Number.isNaN(exponent)) return `${b} ${a}^(${b} − 1)`;
  return exponent === 2 ? `2 ${a}` : `${b} ${a}^${formatNumber(exponent - 1)}`;
}

const product: OpNotation = {
  value: ([a, b]) => `${a} ${b}`,
  tangent: (index, dot, [a, b]) => (index === 0 ? `${dot} ${b}` : `${a} ${dot}`),
  adjoint: (index, bar, [a, b]) => (index === 0 ? `${bar} ${b}ᵀ` : `${a}ᵀ ${bar}`),
};

/** The notation of an operation; others are written as `∂name/∂operand`. */
export function notationOf(op: string): OpNotation {
  return notations.get(op) ?? { value: call(op), partial: (index, operands) => `∂${op}/∂${operands[index]}` };
}

const notations: ReadonlyMap<string, OpNotation> = new Map<string, OpNotation>([
  ['add', infix('+', () => '1')],
  ['sub', infix('−', (index) => (index === 0 ? '1' : '−1'))],
  ['mul', infix('·', (index, [a, b]) => (index === 0 ? b! : a!))],
  ['div', infix('/', (index, [, b], y) => (index === 0 ? `1/${b}` : `(−${y}/${b})`))],
  ['pow', infix('^', (index, [a, b], y) => (index === 0 ? powerRule(a!, b!) : `ln(${a}) ${y}`))],
  ['log', { value: ([x]) => `ln ${x}`, partial: (_, [x]) => `1/${x}` }],
  ['neg', { value: ([x]) => `−${x}`, partial: () => '−1' }],
  ['abs', unary('abs', (x) => `sign(${x})`)],
  ['cos', unary('cos', (x) => `(−sin ${x})`)],
  ['cosh', unary('cosh', (x) => `sinh ${x}`)],
  ['exp', unary('exp', (_, y) => y)],
  ['log1p', unary('log1p', (x) => `1/(1 + ${x})`)],
  ['reciprocal', unary('reciprocal', (_, y) => `(−${y}²)`)],
  ['relu', unary('relu', (x) => `[${x} > 0]`)],
  ['sigmoid', unary('sigmoid', (_, y) => `${y} (1 − ${y})`)],
  ['sin', unary('sin', (x) => `cos ${x}`)],
  ['sinh', unary('sinh', (x) => `cosh ${x}`)],
  ['sqrt', unary('sqrt', (_, y) => `1/(2 ${y})`)],
  ['square', unary('square', (x) => `2 ${x}`)],
  ['tan', unary('tan', (_, y) => `(1 + ${y}²)`)],
  ['tanh', unary('tanh', (_, y) => `(1 − ${y}²)`)],
  ['matmul', product],
  ['sum', linear('sum', spread)],
  ['mean', linear('mean', (bar, x) => `${bar}/N spread over ${x}`)],
  ['expand', linear('expand', (bar) => `sum(${bar}) over the new axes`)],
  ['reshape', linear('reshape', back)],
  ['unsqueeze', linear('unsqueeze', back)],
  ['squeeze', linear('squeeze', back)],
  ['permute', linear('permute', (bar) => `${bar} permuted back`)],
  ['transpose', linear('transpose', (bar) => `${bar}ᵀ`)],
  ['select', linear('select', placed)],
  ['slice', linear('slice', placed)],
  ['narrow', linear('narrow', placed)],
]);
