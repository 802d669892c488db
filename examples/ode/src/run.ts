import { interruptSignal, makeFolder, pauses, say, UserError, writeFiles } from '@tensortape/example-shared';
import { descend, guess, names, observe, truth } from './fit.ts';
import type { Options } from './options.ts';
import { drawFit } from './picture.ts';

/** Fits, prints the true and the found parameters, and draws the first and the last fit. */
export async function run(options: Options): Promise<void> {
  const { steps, out } = options;
  await makeFolder(out);
  const pause = pauses(interruptSignal());
  const counts = observe(options);
  const losses: number[] = [];
  let found = guess;
  for (const { step, loss, parameters } of descend(counts, options)) {
    if (!Number.isFinite(loss)) {
      throw new UserError(
        `the loss became ${loss} in step ${step}: the counts are too noisy to fit. Try less --noise. Nothing was written.`,
      );
    }
    losses.push(loss);
    found = [...parameters.toTypedArray()].map(Number);
    if (step % Math.ceil(steps / 10) === 0) say(`Step ${step}`, `mean squared error ${loss.toFixed(5)}`);
    await pause();
  }
  const row = (name: string, values: readonly (number | string)[]) =>
    name.padEnd(16) + values.map((value) => String(value).padStart(8)).join('');
  const lines = names.map((name, i) =>
    row(name, [truth[i]!.toFixed(3), guess[i]!.toFixed(3), found[i]!.toFixed(3)]),
  );
  say('Parameters', ['', row('', ['true', 'guessed', 'found']), ...lines].join('\n'));
  const files = await writeFiles(out, { 'fit.svg': await drawFit({ counts, found, losses }).toSvg() });
  say('Files', files.join('\n'));
}
