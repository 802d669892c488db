import { formatShape, type Tensor } from '@tensortape/autograd';

/** A number for tables: six digits, and a minus that is one. */
export function formatNumber(x: number): string {
  const text = Number.isInteger(x) && Math.abs(x) < 1e15 ? String(x) : String(Number(x.toPrecision(6)));
  return text.replace(/-/g, '−');
}

/** A value in a cell: a number, or shape and Euclidean norm of a tensor. */
export function formatCell(x: Tensor | null, missing: string): string {
  if (x === null) return missing;
  const values = x.toTypedArray();
  if (x.ndim === 0) return formatNumber(Number(values[0]));
  let squares = 0;
  for (const value of values) squares += Number(value) ** 2;
  return `${formatShape(x.shape)} norm ${formatNumber(Math.sqrt(squares))}`;
}
