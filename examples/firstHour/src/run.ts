import { makeFolder, percent, say, writeFiles } from '@tensortape/example-shared';
import { drawLogistic, logistic } from './logistic.ts';
import type { Options } from './options.ts';
import { drawPolynomial, polynomial } from './polynomial.ts';

/** Fits both, says what came out, and draws it. */
export async function run(options: Options): Promise<void> {
  await makeFolder(options.out);
  const fit = polynomial(options);
  say(
    'Curve',
    `mean squared error ${fit.losses[0]!.toFixed(4)} at first, ${fit.losses.at(-1)!.toFixed(4)} at last`,
  );
  say('', `coefficients ${[...fit.weights.toTypedArray()].map((weight) => weight.toFixed(3)).join(', ')}`);
  const line = logistic(options);
  say(
    'Line',
    `loss ${line.losses[0]!.toFixed(4)} at first, ${line.losses.at(-1)!.toFixed(4)} at last; accuracy ${percent(line.accuracy)}`,
  );
  const files = await writeFiles(options.out, {
    'polynomial.svg': await drawPolynomial(fit).toSvg(),
    'logistic.png': await drawLogistic(line).toPng(),
  });
  say('Files', files.join('\n'));
}
