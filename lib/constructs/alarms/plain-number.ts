/** Negative numbers in parentheses, and none in exponent notation, which metric math may not read. */
export function plainNumber(value: number): string {
  const digits = value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 12 });
  return value < 0 ? `(${digits})` : digits;
}
