/** The tail record as the twins read it. */
export type TailNumbers = {
  readonly varRank: number;
  readonly whole: number;
  readonly part: number;
  readonly size: number;
};

export function readTail(f64: Float64Array, pointer: number): TailNumbers {
  const at = pointer / 8;
  return { varRank: f64[at]!, whole: f64[at + 1]!, part: f64[at + 2]!, size: f64[at + 3]! };
}

/** VaR and ES of a vector by sorting all of it: worst first, ties by scenario index, the fractional scenario last. */
export function tailBySort(
  vector: Float64Array,
  tail: TailNumbers,
): { readonly valueAtRisk: number; readonly shortfall: number } {
  const order = new Int32Array(vector.length);
  for (let s = 0; s < order.length; s++) order[s] = s;
  order.sort((a, b) => vector[a]! - vector[b]! || a - b);
  let sum = 0;
  for (let k = 0; k < tail.whole; k++) sum += vector[order[k]!]!;
  if (tail.part > 0) sum += tail.part * vector[order[tail.whole]!]!;
  return { valueAtRisk: 0 - vector[order[tail.varRank - 1]!]!, shortfall: 0 - sum / tail.size };
}

/** Writes VaR and ES at byte `out`. */
export function writeTail(f64: Float64Array, out: number, vector: Float64Array, tail: TailNumbers): void {
  const { valueAtRisk, shortfall } = tailBySort(vector, tail);
  f64[out / 8] = valueAtRisk;
  f64[out / 8 + 1] = shortfall;
}
