/// <reference path="./bundle.d.ts" />
import type math from 'mathjs/lib/browser/math.js';

/** What is used of mathjs: its parser and its symbolic derivative. Nothing evaluates. */
export type MathJs = typeof math;

/** mathjs, loaded when the first expression is parsed: importing it costs more than the rest of this package. */
export async function loadMath(): Promise<MathJs> {
  const { default: loaded } = await import('mathjs/lib/browser/math.js');
  return loaded;
}
