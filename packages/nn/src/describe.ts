import { ArgumentError, Tensor } from '@tensortape/autograd';

/** The value of an option as PyTorch prints it: lists as tuples. */
function formatValue(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.length === 1 ? `(${formatValue(value[0])},)` : `(${value.map(formatValue).join(', ')})`;
}

/** Options as modules print them: `kernelSize=(3, 3), stride=1`; those that are undefined are left out. */
export function describe(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(', ');
}

/** A class with its options, alone or with children on lines of their own. */
export function formatTree(name: string, extra: string, children: readonly string[]): string {
  if (children.length === 0 && !extra.includes('\n')) return `${name}(${extra})`;
  const lines = [...(extra === '' ? [] : [extra]), ...children];
  return `${name}(\n${lines.join('\n').replace(/^(?=.)/gm, '  ')}\n)`;
}

/** The refusal of what has taken the place of a parameter, a buffer or a module in a field. */
export function replacedField(field: string, kind: string, value: unknown): ArgumentError {
  const found =
    value instanceof Tensor
      ? 'plain tensor'
      : typeof value === 'object'
        ? value?.constructor?.name
        : typeof value;
  const remedy =
    kind === 'Module'
      ? 'assign a module, or null to do without'
      : `to change its elements, noGrad(() => module.${field.split('.').at(-1)}.copy_(…)); to have others, assign new ${kind}(…), or null`;
  return new ArgumentError(
    `${field} was a ${kind} and is now a ${found}, which parameters() and stateDict() would pass by: ${remedy}`,
  );
}
