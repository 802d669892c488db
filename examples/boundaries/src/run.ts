import { makeFolder, percent, say, writeFiles } from '@tensortape/example-shared';
import { decisionBoundary, type Picture, sideBySide } from '@tensortape/plot';
import { animate } from './animation.ts';
import { learn, start } from './learn.ts';
import type { Options } from './options.ts';

/** How many frames stand on the strip; between two of them the film has another. */
const frames = 6;

/** Learns, and draws what the network makes of the plane, more often at the beginning than at the end. */
export async function run(options: Options): Promise<void> {
  const { points: name, steps, hidden, lr, out } = options;
  await makeFolder(out);
  const learning = start(options);
  const moments = momentsOf(steps, 2 * frames - 1);
  const drawn: Picture[] = [];
  for (const { step, loss, accuracy } of learn(learning, options)) {
    if (!moments.has(step)) continue;
    say(`Step ${step}`, `loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}`);
    drawn.push(
      decisionBoundary((x) => learning.net.forward(x), learning.points, learning.labels, {
        title: `Step ${step}`,
        subtitle: `loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}`,
        side: 240,
        resolution: 160,
        legend: false,
      }),
    );
  }
  const strip = sideBySide(
    drawn.filter((_, i) => i % 2 === 0),
    {
      title: `A network learns to tell ${name} apart`,
      subtitle: `Two hidden layers of ${hidden} units with tanh; Adam, learning rate ${lr}`,
      columns: 3,
    },
  );
  const files = await writeFiles(out, {
    [`${name}.png`]: await strip.toPng(),
    [`${name}.svg`]: animate(await Promise.all(drawn.map((picture) => picture.toSvg())), 0.5),
  });
  say('Files', files.join('\n'));
}

/** Steps from 0 to the last one, further and further apart: as many as asked for, or fewer where they would coincide. */
export const momentsOf = (steps: number, count: number): Set<number> =>
  new Set(Array.from({ length: count }, (_, i) => Math.round(steps * (i / (count - 1)) ** 2)));
