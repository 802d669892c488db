/** Writes the transcripts of docs/derivative-exercises.md, its pictures, and docs/planted-mistakes.md: `npm run docs:transcripts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { plantedPage } from '../claims/planted.ts';
import { guide, render } from './transcript.ts';

const { page, files } = await render(readFileSync(guide, 'utf8'));
writeFileSync(guide, page);
for (const [file, text] of files) writeFileSync(new URL(file, guide), text);
writeFileSync(new URL('planted-mistakes.md', guide), await plantedPage());
