import type { MathNode } from 'mathjs';
import type { ExpressionError } from './error.ts';
import { knownConstants, knownFunctions } from './functions.ts';
import { childrenOf, Locator } from './locate.ts';
import type { Expression, Statement, Subscript } from './tree.ts';

/** Deepest nesting, most nodes: enough for any exercise, and far from what overflows the stack. */
const DEEPEST = 100;
const MOST_NODES = 5000;

const operators: ReadonlySet<string> = new Set([
  'add',
  'subtract',
  'multiply',
  'dotMultiply',
  'divide',
  'dotDivide',
  'pow',
  'dotPow',
  'unaryMinus',
  'unaryPlus',
  'ctranspose',
]);

/** What a node of mathjs may carry, whatever its type: read with care, since its own types leave much of it out. */
interface Fields {
  readonly type: string;
  readonly name?: unknown;
  readonly value?: unknown;
  readonly fn?: unknown;
  readonly op?: string;
  readonly implicit?: boolean;
  readonly isPercentage?: boolean;
  readonly optional?: boolean;
  readonly index?: MathNode | null;
  readonly object?: MathNode;
  readonly dotNotation?: boolean;
  readonly start?: MathNode;
  readonly end?: MathNode;
  readonly step?: MathNode | null;
  readonly blocks?: readonly { readonly node: MathNode }[];
}

const fieldsOf = (node: MathNode): Fields => node as unknown as Fields;

/**
 * mathjs' tree as a program of ours: checked to hold nothing but numbers, declared names, steps above, and known functions. What
 * mathjs would read in a way that surprises (units, imaginary numbers, `sin x` as a product) is refused where it stands.
 */
export class Converter {
  readonly #locator: Locator;
  readonly #names: Set<string>;
  #steps: ReadonlySet<unknown> = new Set();
  #count = 0;

  constructor(source: string, root: MathNode, inputs: Iterable<string>) {
    this.#locator = new Locator(source, root);
    this.#names = new Set(inputs);
  }

  statements(root: MathNode): Statement[] {
    const lines = fieldsOf(root).blocks?.map(({ node }) => node) ?? [root];
    const assigned = lines.filter(({ type }) => type === 'AssignmentNode');
    this.#steps = new Set(assigned.map((line) => fieldsOf(fieldsOf(line).object!).name));
    return lines.map((line) => this.#statement(line));
  }

  #statement(node: MathNode): Statement {
    const { type, object, index, value } = fieldsOf(node);
    const text = node.toString();
    if (type === 'FunctionAssignmentNode') {
      throw this.#error(node, `functions cannot be defined here: name a step instead, as in 'a = x1 * x2'`);
    }
    if (type !== 'AssignmentNode') return { name: null, value: this.#convert(node, 0), text };
    const name = fieldsOf(object!).name;
    if (index !== null || typeof name !== 'string') {
      throw this.#error(node, 'only names can be assigned to: elements cannot be changed');
    }
    if (this.#names.has(name))
      throw this.#error(object!, `'${name}' has a value already: each name gets one`);
    if (knownConstants.has(name) || knownFunctions.has(name)) {
      throw this.#error(
        object!,
        `'${name}' is the name of a known ${knownConstants.has(name) ? 'constant' : 'function'}`,
      );
    }
    const converted = this.#convert(value as MathNode, 0);
    this.#names.add(name);
    return { name, value: converted, text };
  }

  #error(node: MathNode, reason: string): ExpressionError {
    return this.#locator.error(node, reason);
  }

  #convert(node: MathNode, depth: number): Expression {
    if (depth > DEEPEST)
      throw this.#error(node, `the expression is nested more than ${DEEPEST} deep: name steps`);
    if (++this.#count > MOST_NODES) {
      throw this.#error(node, `the expression has more than ${MOST_NODES} parts: use vectors and matrices`);
    }
    const at = this.#locator.spanOf(node);
    const args = () => childrenOf(node).map((child) => this.#convert(child, depth + 1));
    switch (node.type as string) {
      case 'ParenthesisNode':
        return this.#convert(childrenOf(node)[0]!, depth + 1);
      case 'ConstantNode':
        return { kind: 'number', value: this.#number(node), at };
      case 'SymbolNode':
        return this.#symbol(node);
      case 'ArrayNode':
        if (childrenOf(node).length === 0) throw this.#error(node, 'an array without elements');
        return { kind: 'array', items: args(), at };
      case 'OperatorNode':
        return { kind: 'call', name: this.#operator(node), args: args(), at };
      case 'FunctionNode':
        return this.#call(node, depth);
      case 'AccessorNode':
        return this.#subscripts(node, depth);
      default:
        throw this.#error(
          node,
          `'${node.toString().slice(0, 60)}' is not an expression of numbers: ${remedies.get(node.type) ?? 'write it with operators and known functions'}`,
        );
    }
  }

  #number(node: MathNode): number {
    const { value } = fieldsOf(node);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.#error(
      node,
      `${typeof value === 'number' ? `the number ${value}` : node.toString()} is not a finite number`,
    );
  }

  #symbol(node: MathNode): Expression {
    const name = String(fieldsOf(node).name);
    const at = this.#locator.spanOf(node);
    if (this.#names.has(name)) return { kind: 'name', name, at };
    const constant = knownConstants.get(name);
    if (constant !== undefined) return { kind: 'number', value: constant, at };
    if (knownFunctions.has(name))
      throw this.#error(node, `'${name}' is a function: put its argument in parentheses`);
    if (this.#steps.has(name)) {
      throw this.#error(
        node,
        `'${name}' has no value yet: a step uses those above it, so that nothing goes round in a circle`,
      );
    }
    const known = [...this.#names].join(', ') || 'none';
    const hint =
      name === 'e'
        ? "; for Euler's number write exp(1)"
        : name === 'i'
          ? '; there are no imaginary numbers here'
          : '';
    throw this.#error(node, `unknown name '${name}'${hint}; declared names are: ${known}`);
  }

  #operator(node: MathNode): string {
    const { fn, op, implicit, isPercentage } = fieldsOf(node);
    if (isPercentage) throw this.#error(node, '% is not known here: divide by 100');
    if (typeof fn !== 'string' || !operators.has(fn))
      throw this.#error(node, `the operator '${op}' is not known here`);
    const [left, right] = childrenOf(node);
    if (implicit) {
      if (left!.type !== 'ConstantNode') {
        throw this.#error(
          node,
          `there is no operator between '${left}' and '${right}': write * for their product`,
        );
      }
    } else if (fn === 'divide' && [left, right].some((side) => fieldsOf(side!).implicit)) {
      throw this.#error(node, `'${node}' can be read in two ways: write the * and parentheses`);
    }
    return fn;
  }

  #call(node: MathNode, depth: number): Expression {
    const { fn, optional } = fieldsOf(node);
    const [callee, ...operands] = childrenOf(node);
    const name = (fn as MathNode).type === 'SymbolNode' ? fieldsOf(fn as MathNode).name : undefined;
    const found = typeof name === 'string' ? knownFunctions.get(name) : undefined;
    if (typeof name !== 'string' || optional) throw this.#error(node, 'only functions by name can be called');
    if (found === undefined) {
      const hint = this.#names.has(name)
        ? `'${name}' is not a function: write * for a product`
        : unknownFunction(name);
      throw this.#error(callee!, hint);
    }
    const [least, most] = found.arity;
    if (operands.length < least || operands.length > most) {
      const expected = least === most ? String(least) : `${least} to ${most}`;
      throw this.#error(node, `${name} takes ${expected} argument(s), got ${operands.length}`);
    }
    return {
      kind: 'call',
      name,
      args: operands.map((value) => this.#convert(value, depth + 1)),
      at: this.#locator.spanOf(node),
    };
  }

  #subscripts(node: MathNode, depth: number): Expression {
    const { object, index } = fieldsOf(node);
    if (fieldsOf(index!).dotNotation) throw this.#error(node, 'values have no properties');
    return {
      kind: 'index',
      of: this.#convert(object!, depth + 1),
      subscripts: childrenOf(index!).map((dimension) => this.#subscript(dimension)),
      at: this.#locator.spanOf(node),
    };
  }

  #subscript(node: MathNode): Subscript {
    const { type, start, end, step } = fieldsOf(node);
    if (type !== 'RangeNode') return this.#place(node);
    if (step) throw this.#error(node, 'ranges with a step are not known here');
    const isEnd = fieldsOf(end!).name === 'end';
    return { from: this.#place(start!), to: isEnd ? null : this.#place(end!) };
  }

  #place(node: MathNode): number {
    const { type, value } = fieldsOf(node);
    if (type === 'ConstantNode' && typeof value === 'number' && Number.isInteger(value) && value >= 1)
      return value;
    const hint = value === 0 ? ': the first element is x[1], as in mathjs' : '';
    throw this.#error(node, `'${node}' is not a place: expected a whole number from 1${hint}`);
  }
}

const remedies: ReadonlyMap<string, string> = new Map([
  ['AssignmentNode', 'give it a line of its own'],
  ['FunctionAssignmentNode', 'functions cannot be defined here'],
  ['ConditionalNode', 'relu, abs, max and min have kinks; other cases cannot be told apart here'],
  ['RelationalNode', 'comparisons have no derivative'],
  ['RangeNode', 'ranges stand in subscripts only'],
  ['BlockNode', 'each line is a step of its own'],
]);

function unknownFunction(name: string): string {
  const near = [...knownFunctions.keys()].filter((known) =>
    known.toLowerCase().startsWith(name.toLowerCase().slice(0, 3)),
  );
  return `unknown function '${name}'${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`;
}
