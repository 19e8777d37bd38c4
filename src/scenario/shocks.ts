import { exp, log, log1p, pow } from '../base/elementary.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { AssetId } from '../product/product.ts';
import { NUMERAIRE } from './groups.ts';
import { factorId } from './history.ts';
import type { Factor, ScenarioSet } from './set.ts';

/** Tenors of the two vol factors, days. */
export const SHORT_DAYS = 30;
export const LONG_DAYS = 180;

/**
 * Rules of a set that go beyond its factors (SCENARIO-008); {@link PLAIN_RULES} where a set states none.
 * `volPower`: null = volShort and volLong between their tenors; otherwise volShort is the shock at 30 days and an option of d days
 * gets it times (30 / max(d, daysMin))^p, p = `short` up to 30 days and `long` beyond (volLong is not used).
 * `volMin`: least shocked volatility. `skewForms[s]`: 0 = skew times k, 1 = skew times |k| (null: all 0).
 * `pnlScales[s]`: factor on every P&L of scenario s (dampening of far moves; null: all 1).
 */
export type SetRules = {
  readonly volPower: { readonly short: number; readonly long: number; readonly daysMin: number } | null;
  readonly volMin: number;
  readonly skewForms: Uint8Array | null;
  readonly pnlScales: Float64Array | null;
};

/** A scenario set with rules of its own. */
export type RuledSet = ScenarioSet & { readonly rules: SetRules };

const PLAIN_RULES: SetRules = { volPower: null, volMin: 0.01, skewForms: null, pnlScales: null };

function rulesOf(set: ScenarioSet | RuledSet): SetRules {
  return 'rules' in set ? set.rules : PLAIN_RULES;
}

/** The rows of a set, and what many instruments derive from them, computed once. */
export type Shocks = {
  readonly set: ScenarioSet;
  readonly rules: SetRules;
  readonly rows: ReadonlyMap<string, Float64Array>;
  readonly cache: Map<string, Float64Array>;
};

/**
 * Indexes a set. Refuses SHAPE_INVALID (as many shocks as factors × scenarios), DUPLICATE_ID, NUMBER_NOT_FINITE, and
 * NUMBER_OUT_OF_RANGE for a spot return of −1 or less (a price of nothing has no logarithm: say −0.9999).
 */
export function indexShocks(set: ScenarioSet | RuledSet): Shocks | Failure {
  const known = indexed.get(set);
  if (known !== undefined) return known;
  const shocks = index(set);
  if (!isFailure(shocks)) indexed.set(set, shocks);
  return shocks;
}

/** Sets are immutable, so what derives from one is made once and lives as long as it. */
const indexed = new WeakMap<ScenarioSet, Shocks>();

function index(set: ScenarioSet | RuledSet): Shocks | Failure {
  const { factors, shocks, count } = set;
  if (shocks.length !== factors.length * count) {
    const expected = `${factors.length} factors × ${count} scenarios`;
    return refuse('SHAPE_INVALID', { field: `${set.id}.shocks`, value: shocks.length, expected });
  }
  const rows = new Map<string, Float64Array>();
  for (const [f, factor] of factors.entries()) {
    const id = factorId(factor);
    if (rows.has(id))
      return refuse('DUPLICATE_ID', { field: 'factors', value: id, expected: 'each factor once' });
    const row = shocks.subarray(f * count, (f + 1) * count);
    const bad = row.findIndex((shock) => !Number.isFinite(shock) || (factor.kind === 'spot' && shock <= -1));
    if (bad >= 0) {
      const field = `${id} in ${set.names[bad] ?? bad}`;
      const finite = Number.isFinite(row[bad]);
      const expected = finite ? 'a simple return above −1' : 'a finite shock';
      return refuse(finite ? 'NUMBER_OUT_OF_RANGE' : 'NUMBER_NOT_FINITE', {
        field,
        value: row[bad],
        expected,
      });
    }
    rows.set(id, row);
  }
  return { set, rules: rulesOf(set), rows, cache: new Map() };
}

/** A factor's row; null for one that the set leaves alone. */
export function rowOf(shocks: Shocks, asset: AssetId, kind: Factor['kind']): Float64Array | null {
  return shocks.rows.get(factorId({ asset, kind })) ?? null;
}

/** Price over base price of an asset per scenario; 1 for the numeraire. Refuses FACTOR_MISSING. */
export function growthOf(asset: AssetId, shocks: Shocks): Float64Array | Failure {
  if (asset === NUMERAIRE) return derivedRow(shocks, 'one', () => new Float64Array(shocks.set.count).fill(1));
  const row = rowOf(shocks, asset, 'spot');
  if (row === null) return missingFactor(shocks, { asset, kind: 'spot' });
  return derivedRow(shocks, `growth ${asset}`, () => row.map((shock) => 1 + shock));
}

/** ln of {@link growthOf}. */
export function logGrowthOf(asset: AssetId, shocks: Shocks): Float64Array | Failure {
  if (asset === NUMERAIRE) return derivedRow(shocks, 'zero', () => new Float64Array(shocks.set.count));
  const row = rowOf(shocks, asset, 'spot');
  if (row === null) return missingFactor(shocks, { asset, kind: 'spot' });
  return derivedRow(shocks, `log ${asset}`, () => row.map(log1p));
}

/** Forward over base forward of an expiry per scenario: (1 + spot)·e^(basis·τ); without a basis factor the basis stays. */
export function forwardGrowthOf(
  underlying: AssetId,
  tauYears: number,
  shocks: Shocks,
): Float64Array | Failure {
  const growth = growthOf(underlying, shocks);
  const basis = rowOf(shocks, underlying, 'basis');
  if (basis === null || !(growth instanceof Float64Array)) return growth;
  return derivedRow(shocks, `forward ${underlying} ${tauYears}`, () =>
    growth.map((g, s) => g * exp(basis[s]! * tauYears)),
  );
}

/** ln of {@link forwardGrowthOf}. */
export function logForwardGrowthOf(
  underlying: AssetId,
  tauYears: number,
  shocks: Shocks,
): Float64Array | Failure {
  const growth = logGrowthOf(underlying, shocks);
  const basis = rowOf(shocks, underlying, 'basis');
  if (basis === null || !(growth instanceof Float64Array)) return growth;
  return derivedRow(shocks, `log forward ${underlying} ${tauYears}`, () =>
    growth.map((g, s) => g + basis[s]! * tauYears),
  );
}

/**
 * Factor on the volatility of an expiry per scenario (SCENARIO-006): 1 + the vol shock at its tenor, at least 0. Refuses FACTOR_MISSING where the
 * set holds the underlying's volatility frozen.
 */
export function volGrowthOf(underlying: AssetId, tauYears: number, shocks: Shocks): Float64Array | Failure {
  const short = rowOf(shocks, underlying, 'volShort');
  if (short === null) return missingFactor(shocks, { asset: underlying, kind: 'volShort' });
  const { volPower } = shocks.rules;
  const days = tauYears * 365;
  if (volPower !== null) {
    const power = days <= SHORT_DAYS ? volPower.short : volPower.long;
    const scale = pow(SHORT_DAYS / Math.max(days, volPower.daysMin), power);
    return derivedRow(shocks, `vol ${underlying} ${tauYears}`, () =>
      short.map((v) => Math.max(0, 1 + v * scale)),
    );
  }
  const long = rowOf(shocks, underlying, 'volLong');
  if (long === null) return missingFactor(shocks, { asset: underlying, kind: 'volLong' });
  const reach = log(LONG_DAYS / SHORT_DAYS);
  const share = days > SHORT_DAYS ? Math.min(1, log(days / SHORT_DAYS) / reach) : 0;
  return derivedRow(shocks, `vol ${underlying} ${tauYears}`, () =>
    short.map((v, s) => Math.max(0, 1 + (v + share * (long[s]! - v)))),
  );
}

/** A row that follows from the set alone, made once under its name. */
export function derivedRow(shocks: Shocks, key: string, make: () => Float64Array): Float64Array {
  let row = shocks.cache.get(key);
  if (row === undefined) {
    row = make();
    shocks.cache.set(key, row);
  }
  return row;
}

function missingFactor(shocks: Shocks, factor: Factor): Failure {
  return refuse('FACTOR_MISSING', {
    field: shocks.set.id,
    value: factorId(factor),
    expected: 'a factor of the set',
  });
}
