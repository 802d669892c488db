import * as images from './generated/images.ts';
import { type Coprocessor, compile, coprocessor, type Instance } from './memory.ts';

/** What has the kernels of images already. */
let complete: Instance | undefined;

/**
 * The kernels with those of images, which are instantiated on first use.
 *
 * @throws Error when the kernels cannot run here; ask `wasmUnavailable` first.
 */
export const imageCoprocessor = (): Coprocessor => {
  if (complete === undefined) {
    const unit = coprocessor();
    unit.add(compile(images));
    complete = unit;
  }
  return complete;
};
