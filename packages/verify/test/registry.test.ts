import { describe, test } from '@jest/globals';
import { registry } from '@tensortape/autograd/registry';
import { verifyOp } from '@tensortape/verify';

describe.each([...new Set(registry.map(({ family }) => family))])('%s', (family) => {
  const ops = registry.filter((op) => op.family === family);
  test.each(ops.map((op) => [op.name, op] as const))('%s', (_, op) => {
    verifyOp(op);
  });
});
