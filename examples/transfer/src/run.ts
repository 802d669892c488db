import { join } from 'node:path';
import { interruptSignal, loadDigits, makeFolder, percent, say, UserError } from '@tensortape/example-shared';
import { manualSeed } from 'tensortape';
import { loadFile, saveFile } from 'tensortape/node';
import { command, type Options } from './options.ts';
import { five, pretrain, transfer } from './transfer.ts';

/** Takes weights from the file that the options name, or makes them, gives the net a new head, and trains that. */
export async function run({
  weights: given,
  limit,
  few,
  epochs,
  lr,
  seed,
  out,
  ...source
}: Options): Promise<void> {
  await makeFolder(out);
  const data = await loadDigits({ ...source, seed }, command, (line) => say('Data', line));
  const signal = interruptSignal();
  manualSeed(seed);
  const digits = (first: 0 | 5, count: number) => ({
    training: five(data.training, first, count),
    validation: five(data.test, first),
  });
  const file = given ?? join(out, 'digits0to4.safetensors');
  if (given === undefined) {
    const net = await pretrain(digits(0, limit), { epochs: 3, lr: 0.003, signal });
    await saveFile(file, net.stateDict());
  }
  say('Weights', file);
  const { net, before, after } = await transfer(await read(file), digits(5, few), { epochs, lr, signal });
  const own = join(out, 'digits5to9.safetensors');
  await saveFile(own, net.stateDict());
  say('Before', `accuracy ${percent(before.accuracy)} on test digits from 5 to 9, with a new head`);
  say('After', `accuracy ${percent(after.accuracy)}: ${few} digits, ${epochs} epochs of the head alone`);
  say('Files', own);
}

async function read(file: string) {
  try {
    return await loadFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `--weights: ${file} cannot be read (${reason}). Give a safetensors file, or leave --weights out.`,
    );
  }
}
