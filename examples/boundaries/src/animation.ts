/**
 * Pictures of one size as a film: an SVG that shows one after the other, again and again, and dwells on the last. Whoever asks for less
 * motion, and whatever does not know animations, sees the last one.
 *
 * @param frames SVGs with a background.
 * @param seconds How long each of them is shown.
 */
export function animate(frames: readonly string[], seconds: number): string {
  const last = frames.at(-1)!;
  const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(last)!;
  // The last one lies below the others, so that it is seen for as long as none of them is.
  const slots = frames.length + 4;
  const layers = frames
    .slice(0, -1)
    .map((frame, i) => `<g class="frame" style="animation-delay:${(i * seconds).toFixed(3)}s">${frame}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>
.frame { visibility: hidden; animation: show ${(slots * seconds).toFixed(3)}s step-end infinite; }
@keyframes show { 0% { visibility: visible; } ${(100 / slots).toFixed(4)}% { visibility: hidden; } }
@media (prefers-reduced-motion: reduce) { .frame { animation: none; } }
</style>
${[last, ...layers].join('\n')}
</svg>
`;
}
