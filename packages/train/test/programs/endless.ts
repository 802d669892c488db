/** `endless.ts <path>`: goes on from the checkpoint, if there is one, and saves another after each step until it is killed. */
import { existsSync } from 'node:fs';
import { Training } from './training.ts';

const [path] = process.argv.slice(2);
const training = new Training();
if (existsSync(path!)) await training.load(path!);
for (;;) {
  training.next();
  await training.save(path!);
  process.stdout.write('saved\n');
}
