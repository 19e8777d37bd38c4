import { assert } from '../base/assert.ts';

/** Scratch of {@link selectWorst}; grows, is never shared between threads. */
let values = new Float64Array(128);
let places = new Int32Array(128);

/**
 * Indices of the `count` smallest of the first `n` values, worst first, ties by index: what ranking everything would give
 * (`worstScenarios` of margin is the slow twin). One pass with a heap of the worst so far; most values only meet its top.
 */
export function selectWorst(of: Float64Array, n: number, count: number): Int32Array {
  assert(count >= 1 && count <= n, 'a tail holds something');
  if (count > values.length) {
    values = new Float64Array(count);
    places = new Int32Array(count);
  }
  for (let s = 0; s < count; s++) {
    values[s] = of[s]!;
    places[s] = s;
  }
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(at, count);
  let top = values[0]!;
  for (let s = count; s < n; s++) {
    const value = of[s]!;
    // Equal values come later in order, so they do not displace.
    if (value >= top) continue;
    values[0] = value;
    places[0] = s;
    sink(0, count);
    top = values[0]!;
  }
  const worst = new Int32Array(count);
  for (let left = count; left > 0; left--) {
    worst[left - 1] = places[0]!;
    values[0] = values[left - 1]!;
    places[0] = places[left - 1]!;
    sink(0, left - 1);
  }
  return worst;
}

/** Restores the heap below `at`: the greatest (value, index) stands on top. */
function sink(at: number, size: number): void {
  const value = values[at]!;
  const place = places[at]!;
  let hole = at;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && isAfter(child + 1, values[child]!, places[child]!)) child += 1;
    if (!isAfter(child, value, place)) break;
    values[hole] = values[child]!;
    places[hole] = places[child]!;
    hole = child;
  }
  values[hole] = value;
  places[hole] = place;
}

function isAfter(at: number, value: number, place: number): boolean {
  const own = values[at]!;
  return own > value || (own === value && places[at]! > place);
}
