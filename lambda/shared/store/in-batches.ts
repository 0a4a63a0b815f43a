/** Results of an asynchronous function in the order of its values, of which at most `size` are under way at once. */
export async function inBatches<Value, Result>(
  values: readonly Value[],
  size: number,
  work: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let begin = 0; begin < values.length; begin += size) {
    results.push(...(await Promise.all(values.slice(begin, begin + size).map(work))));
  }
  return results;
}
