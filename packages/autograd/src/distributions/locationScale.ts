import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';
import { positive, real } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { broadcastAll } from './parameters.ts';

/** A family whose parameters are a location, any number, and a scale, a positive one. */
export abstract class LocationScale extends Distribution {
  /** Where the distribution stands. */
  readonly loc: Tensor;
  /** How wide it is. */
  readonly scale: Tensor;

  /** @internal Made by the constructors of the families. */
  protected constructor(name: string, loc: Operand, scale: Operand, options: DistributionOptions) {
    const parameters = broadcastAll(name, { loc, scale });
    super(name, parameters.loc.shape, [], options);
    this.loc = parameters.loc;
    this.scale = parameters.scale;
    this.checkParameters({ loc: real, scale: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { loc: this.loc, scale: this.scale };
  }
}
