/** What the files of the frameworks share. */
import { readFileSync } from 'node:fs';

/** The elements of a file of numbers. */
export const read = ({ file }, Type) => new Type(new Uint8Array(readFileSync(file)).buffer);

/** Why a framework cannot do a workload. */
export class Cannot extends Error {}
