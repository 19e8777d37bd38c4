/** Where a minimiser stopped. `converged` false: it ran out of evaluations. */
export type Minimum = {
  readonly at: Float64Array;
  readonly value: number;
  readonly evaluations: number;
  readonly converged: boolean;
};

/**
 * `steps` is the size of the first simplex along each axis. A simplex has converged when its values differ by no more than `spread` and
 * its coordinates by no more than `width` of themselves (of 1 near zero).
 */
export type MinimiseOptions = {
  readonly steps: Float64Array;
  readonly spread: number;
  readonly width: number;
  readonly evaluationsMax: number;
};

type Vertex = { readonly at: Float64Array; readonly value: number; readonly born: number };

const RESTARTS_MAX = 30;

/** The point on the line from `a` through `b`, `t` = 0 at `a` and 1 at `b`. */
function along(a: Float64Array, b: Float64Array, t: number): Float64Array {
  return a.map((x, i) => x + t * (b[i]! - x));
}

/** A total order: equal values by age, so that the path never depends on how a sort treats ties. */
function byValue(a: Vertex, b: Vertex): number {
  if (a.value < b.value) return -1;
  return a.value > b.value ? 1 : a.born - b.born;
}

function centroid(vertices: readonly Vertex[]): Float64Array {
  const sum = new Float64Array(vertices[0]!.at.length);
  for (const vertex of vertices) for (let i = 0; i < sum.length; i++) sum[i]! += vertex.at[i]!;
  return sum.map((x) => x / vertices.length);
}

class Simplex {
  evaluations = 0;
  readonly #f: (x: Float64Array) => number;

  constructor(f: (x: Float64Array) => number) {
    this.#f = f;
  }

  vertex(at: Float64Array): Vertex {
    this.evaluations++;
    const value = this.#f(at);
    return { at, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value, born: this.evaluations };
  }

  /** Replaces the worst vertex, or shrinks towards the best. `vertices` sorted; standard coefficients 1, 2, ½, ½. */
  step(vertices: Vertex[]): void {
    const last = vertices.length - 1;
    const worst = vertices[last]!;
    const middle = centroid(vertices.slice(0, last));
    const reflected = this.vertex(along(worst.at, middle, 2));
    if (reflected.value < vertices[0]!.value) {
      const expanded = this.vertex(along(worst.at, middle, 3));
      vertices[last] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < vertices[last - 1]!.value) {
      vertices[last] = reflected;
    } else {
      const outside = reflected.value < worst.value;
      const contracted = this.vertex(along(worst.at, middle, outside ? 1.5 : 0.5));
      if (contracted.value < Math.min(reflected.value, worst.value)) vertices[last] = contracted;
      else this.#shrink(vertices);
    }
    vertices.sort(byValue);
  }

  #shrink(vertices: Vertex[]): void {
    for (let k = 1; k < vertices.length; k++)
      vertices[k] = this.vertex(along(vertices[0]!.at, vertices[k]!.at, 0.5));
  }
}

/**
 * Minimises `f` from `start` by the simplex of Nelder and Mead (1965), restarted from its best point with a fresh simplex until a
 * restart no longer helps. Outside its domain `f` returns +Infinity. Deterministic: no random choice, a total order of vertices.
 */
export function minimise(
  f: (x: Float64Array) => number,
  start: Float64Array,
  options: MinimiseOptions,
): Minimum {
  const simplex = new Simplex(f);
  let best = simplex.vertex(start);
  let scale = 1;
  for (let restart = 0; restart < RESTARTS_MAX; restart++) {
    const vertices = [best];
    for (let i = 0; i < start.length; i++) {
      const at = Float64Array.from(best.at);
      at[i]! += scale * options.steps[i]!;
      vertices.push(simplex.vertex(at));
    }
    vertices.sort(byValue);
    while (!hasConverged(vertices, options)) {
      if (simplex.evaluations >= options.evaluationsMax) return minimum(vertices[0]!, simplex, false);
      simplex.step(vertices);
    }
    const gain = best.value - vertices[0]!.value;
    best = vertices[0]!;
    if (restart > 0 && !(gain > 10 * options.spread)) break;
    scale = restart % 2 === 0 ? -0.3 : 0.3;
  }
  return minimum(best, simplex, true);
}

function minimum({ at, value }: Vertex, { evaluations }: Simplex, converged: boolean): Minimum {
  return { at, value, evaluations, converged };
}

function hasConverged(vertices: readonly Vertex[], { spread, width }: MinimiseOptions): boolean {
  const first = vertices[0]!;
  const last = vertices[vertices.length - 1]!;
  if (!(last.value - first.value <= spread)) return false;
  for (const vertex of vertices) {
    for (let i = 0; i < first.at.length; i++) {
      if (Math.abs(vertex.at[i]! - first.at[i]!) > width * (1 + Math.abs(first.at[i]!))) return false;
    }
  }
  return true;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Minimises a function of one variable that falls and then rises on [from, to], by golden section, to `width` of the interval.
 * Source: Kiefer (1953).
 */
export function minimiseOnInterval(
  f: (x: number) => number,
  interval: { readonly from: number; readonly to: number },
  width: number,
): { readonly at: number; readonly value: number } {
  let { from, to } = interval;
  let left = to - GOLDEN * (to - from);
  let right = from + GOLDEN * (to - from);
  let atLeft = f(left);
  let atRight = f(right);
  while (to - from > width) {
    if (atLeft <= atRight) {
      to = right;
      right = left;
      atRight = atLeft;
      left = to - GOLDEN * (to - from);
      atLeft = f(left);
    } else {
      from = left;
      left = right;
      atLeft = atRight;
      right = from + GOLDEN * (to - from);
      atRight = f(right);
    }
    if (!(left < right)) break;
  }
  return atLeft <= atRight ? { at: left, value: atLeft } : { at: right, value: atRight };
}
