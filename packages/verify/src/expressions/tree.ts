import type { Span } from './error.ts';

/** One axis of a subscript, counted from 1 as in mathjs: one place, or all from one to another, both included. */
export type Subscript = number | { readonly from: number; readonly to: number | null };

/** An expression: data, checked to hold nothing but numbers, declared names and known functions. */
export type Expression = { readonly at: Span } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'index'; readonly of: Expression; readonly subscripts: readonly Subscript[] }
);

/** A line of a program: `name = value`, or a value alone, which is an output. */
export interface Statement {
  /** The name of the step, or null. */
  readonly name: string | null;
  /** What it computes. */
  readonly value: Expression;
  /** Its text. */
  readonly text: string;
}
