import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest runs tests in a vm realm of its own, whose typed arrays and WebAssembly are not those that Node's modules
 * return: `readFileSync(...) instanceof Uint8Array` would be false there. The realm gets Node's instead.
 */
const shared = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Atomics',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'WebAssembly',
];

export default class Environment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of shared) {
      this.global[name] = globalThis[name];
    }
  }
}
