/** Writes docs/operations.md: `npm run docs:operations`. */
import { writeFileSync } from 'node:fs';
import { countCases, render } from './page.ts';

writeFileSync(new URL('../../../../docs/operations.md', import.meta.url), render(countCases(50, 1)));
