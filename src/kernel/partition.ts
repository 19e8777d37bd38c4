/**
 * Bounds of `parts` static shares of `count` items: share t is bounds[t] ≤ i < bounds[t + 1], each a multiple of `grain` but the last.
 * A function of its arguments only, so the shares do not depend on who is quick.
 */
export function shareEqually(count: number, parts: number, grain: number): number[] {
  const grains = Math.ceil(count / grain);
  const bounds: number[] = [];
  for (let t = 0; t <= parts; t++) bounds.push(Math.min(count, Math.floor((grains * t) / parts) * grain));
  bounds[parts] = count;
  return bounds;
}

/** Work of an account beside its positions, in positions: the tail costs about as much as six rows. */
const ACCOUNT_POSITIONS = 6;

/** As {@link shareEqually}, but shares hold about the same number of positions; `starts` as in `Positions`. */
export function shareByPositions(starts: Int32Array, parts: number): number[] {
  const count = starts.length - 1;
  const weightBefore = (a: number): number => starts[a]! - starts[0]! + ACCOUNT_POSITIONS * a;
  const total = weightBefore(count);
  const bounds = [0];
  for (let t = 1; t < parts; t++) {
    let low = bounds[t - 1]!;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (weightBefore(middle) < (total * t) / parts) low = middle + 1;
      else high = middle;
    }
    bounds.push(low);
  }
  bounds.push(count);
  return bounds;
}
