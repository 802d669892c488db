import type { Kernels } from './kernels.ts';
import { reference } from './reference/index.ts';

/** The kernels in use. */
export const kernels: Kernels = reference;
