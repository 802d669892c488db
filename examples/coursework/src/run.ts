import { duration, interruptSignal, makeFolder } from '@tensortape/example-shared';
import type { Course, Letter } from './courses.ts';
import type { Options } from './options.ts';
import { Desk } from './shared/desk.ts';

/**
 * Runs the parts of the courses that the options ask for and prints their figures.
 *
 * @returns How many figures are off.
 */
export async function run(
  { letters, long, data, out }: Options,
  courses: Readonly<Record<Letter, Course>>,
): Promise<number> {
  await makeFolder(out);
  const signal = interruptSignal();
  const off: string[] = [];
  let [figures, pictures] = [0, 0];
  for (const letter of letters) {
    const { title, fast, long: longer } = courses[letter];
    const name = letter.toUpperCase();
    console.log(`\n${name}. ${title}`);
    for (const [what, part] of Object.entries({ ...fast, ...(long && longer) })) {
      console.log(`\n${name}, ${what}`);
      const desk = new Desk({ data, out, signal });
      const start = performance.now();
      await part(desk);
      console.log(String(desk.figures));
      for (const picture of desk.pictures) console.log(`picture: ${picture}`);
      console.log(duration((performance.now() - start) / 1000));
      figures += desk.figures.rows.length;
      pictures += desk.pictures.length;
      off.push(...desk.figures.off.map((figure) => `${name}, ${what}: ${figure.what}`));
    }
  }
  console.log(`\n${figures} figures, ${off.length} off; ${pictures} pictures in ${out}`);
  for (const figure of off) console.log(`OFF  ${figure}`);
  return off.length;
}
