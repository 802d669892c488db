import * as layers from './generated/layers.ts';
import { type Coprocessor, compile, coprocessor, type Instance } from './memory.ts';

/** What has the kernels of layers already. */
let complete: Instance | undefined;

/**
 * The kernels with those of images and normalizations, which are instantiated on first use.
 *
 * @throws Error when the kernels cannot run here; ask `wasmUnavailable` first.
 */
export const layerCoprocessor = (): Coprocessor => {
  if (complete === undefined) {
    const unit = coprocessor();
    unit.add(compile(layers));
    complete = unit;
  }
  return complete;
};
