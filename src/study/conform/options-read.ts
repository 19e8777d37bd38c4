import type { Right } from '../../pricer/black76.ts';
import { compare, skip } from './compare.ts';
import { type Json, numberOf, objectOf, textOf } from './json.ts';
import type { ConformCase } from './suite.ts';

/** How far numbers may differ, as the header of an options file suggests. */
export type OptionTolerances = {
  readonly price: number;
  readonly delta: number;
  /** The other Greeks agree relatively, or absolutely on their natural scale. */
  readonly relative: number;
  readonly absolute: number;
  readonly impliedVol: number;
  /** Errors of an implied vol allowed per rounding of its price. */
  readonly impliedUlps: number;
  /** Largest relative gap of an exchange's quoted Greeks, by Greek. */
  readonly quoted: Json;
};

const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;

function firstOf(text: string, pattern: string, fallback: number): number {
  const match = new RegExp(pattern, 'i').exec(text);
  return match === null ? fallback : Number(match[1]);
}

export function readTolerances(header: Json): OptionTolerances {
  const text = textOf(header['suggested_tolerance']);
  return {
    price: firstOf(text, `price:[^;]*?<=\\s*${NUMBER}`, 1e-12),
    delta: firstOf(text, `delta\\s+${NUMBER}`, 1e-12),
    relative: firstOf(text, `gamma[^;]*?relative\\s+${NUMBER}`, 1e-10),
    absolute: firstOf(text, `gamma[^;]*?absolute\\s+${NUMBER}`, 1e-12),
    impliedVol: firstOf(text, `implied vol[^;]*?max\\(\\s*${NUMBER}`, 1e-9),
    impliedUlps: firstOf(text, `implied vol[^;]*?max\\([^,]*,\\s*${NUMBER}`, 100),
    quoted: objectOf(objectOf(header['crosschecks'])['okx_quoted_vs_recomputed_max_relative']),
  };
}

export function rightOf(row: Json): Right | null {
  const text = textOf(row['type'] ?? row['option_type'] ?? row['right']).toLowerCase();
  if (text === 'call' || text === 'c') return 'call';
  return text === 'put' || text === 'p' ? 'put' : null;
}

/** A number of a row; text such as `NaN` or `Infinity` included, NaN for null and absent ones. */
export function quantityOf(value: unknown): number {
  return typeof value === 'string' ? Number(value) : numberOf(value);
}

/** A computed number with its natural scale: the size at which an absolute error is judged. `kind` chooses the tolerance. */
export type Computed = {
  readonly value: number;
  readonly scale: number;
  readonly kind: 'price' | 'delta' | 'greek';
};

/** Widening of the tolerance for numbers that are themselves rounded, such as those of a library: 1 for exact ones. */
type Against = { readonly name: string; readonly group: string; readonly slack: number };

/**
 * Compares every number of an object of results with the one computed under that name; a name that is not known is skipped with its
 * reason. Deviations count relatively to the larger of the number and its natural scale times absolute over relative tolerance.
 */
export function* compareGroup(
  expected: Json,
  computed: Readonly<Record<string, Computed>>,
  at: Against & { readonly tolerances: OptionTolerances },
): Iterable<ConformCase> {
  const { name, group, slack, tolerances } = at;
  for (const [key, value] of Object.entries(expected)) {
    const field = group === '' ? key : `${group}.${key}`;
    const own = computed[key];
    if (own === undefined) {
      if (typeof value === 'number') yield skip(name, field, 'not a quantity that is computed');
      continue;
    }
    yield compareComputed(own, value, { name, field, slack, tolerances });
  }
}

export function compareComputed(
  own: Computed,
  expected: unknown,
  at: { name: string; field: string; slack: number; tolerances: OptionTolerances },
): ConformCase {
  const { name, field, slack, tolerances } = at;
  const common = { name, field, actual: own.value, expected };
  if (own.kind !== 'greek') {
    return compare({ ...common, tolerance: slack * tolerances[own.kind], scale: own.scale });
  }
  const floor = (own.scale * tolerances.absolute) / tolerances.relative;
  const scale = Math.max(Math.abs(numberOf(expected)) || 0, floor);
  return compare({ ...common, tolerance: slack * tolerances.relative, scale });
}
