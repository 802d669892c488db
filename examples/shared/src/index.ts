/** What the examples share: options, data, files, the training of classifiers and the ends of programs. */

export { type Cifar10Sets, loadCifar10 } from './cifar10.ts';
export { runEpochs } from './classifier/epochs.ts';
export { History } from './classifier/history.ts';
export { type Batches, type Classifier, evaluate, type Scores } from './classifier/train.ts';
export { type DigitSets, type Digits, loadDigits } from './digits.ts';
export { Interrupted, interruptSignal, pauses, UserError } from './errors.ts';
export { duration, number, percent } from './format.ts';
export { path, positiveNumber, program, seed, wholeNumber } from './options.ts';
export { makeFolder, say, writeFiles } from './output.ts';
export { runProgram } from './program.ts';
