/** A number from 0 to below 1 that depends on the texts alone, so that every run of a simulation is the same. */
export function draw(...texts: readonly string[]): number {
  let value = 0x811c9dc5;
  for (const text of texts) {
    for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    value = Math.imul(value ^ 0xff, 0x01000193);
  }
  // FNV-1a leaves the high bits of short texts alike; this is the finish of MurmurHash3.
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 4294967296;
}

export function pickBy<T>(chance: number, list: readonly T[]): T {
  return list[Math.floor(chance * list.length)] as T;
}
