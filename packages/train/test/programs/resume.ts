/** `resume.ts <from> <to> <steps>`: goes on from a checkpoint, or from the beginning for `-`, takes steps, and saves another. */
import { Training } from './training.ts';

const [from, to, steps] = process.argv.slice(2);
const training = new Training();
if (from !== '-') await training.load(from!);
for (let i = 0; i < Number(steps); i++) training.next();
await training.save(to!);
