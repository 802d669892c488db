/** Writes the transcripts of docs/derivative-exercises.md, and its pictures: `npm run docs:transcripts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { guide, render } from './transcript.ts';

const { page, files } = await render(readFileSync(guide, 'utf8'));
writeFileSync(guide, page);
for (const [file, text] of files) writeFileSync(new URL(file, guide), text);
