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
