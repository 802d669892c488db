import type * as native from './index.ts';

const unreachable = (): never => {
  throw new Error('browsers have no native BLAS');
};

/** No product is large enough. */
export const blasThreshold = Number.POSITIVE_INFINITY;
export const blasMatmul: typeof native.blasMatmul = unreachable;
export const blasConv: typeof native.blasConv = {
  convolution: unreachable,
  convInput: unreachable,
  convWeight: unreachable,
};
export const systemBlas: typeof native.systemBlas = () => 'only Node can load native libraries';
