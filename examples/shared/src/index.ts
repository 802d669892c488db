/** What the examples share: options, data, files and the ends of programs. */
export { type DigitSets, type Digits, loadDigits } from './digits.ts';
export { Interrupted, interruptSignal, pauses, UserError } from './errors.ts';
export { duration, number, percent } from './format.ts';
export { path, positiveNumber, program, seed, wholeNumber } from './options.ts';
export { makeFolder, say, writeFiles } from './output.ts';
export { runProgram } from './program.ts';
