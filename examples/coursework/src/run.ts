import { duration, interruptSignal, makeFolder } from '@tensortape/example-shared';
import { type Course, courses } from './courses.ts';
import type { Options } from './options.ts';
import { Desk } from './shared/desk.ts';

/** Runs the parts of the courses that the options ask for, prints their figures, and fails when one is off. */
export async function run({ letters, long, data, out }: Options): Promise<void> {
  await makeFolder(out);
  const signal = interruptSignal();
  const [total, off] = [{ figures: 0, pictures: 0 }, [] as string[]];
  for (const letter of letters) {
    const course: Course = courses[letter];
    console.log(`\n${letter.toUpperCase()}. ${course.title}`);
    for (const [name, part] of Object.entries({ ...course.fast, ...(long && course.long) })) {
      console.log(`\n${letter.toUpperCase()}, ${name}`);
      const desk = new Desk({ data, out, signal });
      const start = performance.now();
      await part(desk);
      console.log(String(desk.figures));
      for (const picture of desk.pictures) console.log(`picture: ${picture}`);
      console.log(duration((performance.now() - start) / 1000));
      total.figures += desk.figures.rows.length;
      total.pictures += desk.pictures.length;
      for (const { what } of desk.figures.off) off.push(`${letter.toUpperCase()}, ${name}: ${what}`);
    }
  }
  console.log(`\n${total.figures} figures, ${off.length} off; ${total.pictures} pictures in ${out}`);
  for (const figure of off) console.log(`OFF  ${figure}`);
  if (off.length > 0) process.exitCode = 1;
}
