import { type Failure, refuse } from '../../base/failure.ts';
import type { ConformCase } from './suite.ts';
import type { CaseUnderlying } from './derive-environment.ts';
import { type Json, listOf, objectOf, rowsOf } from './json.ts';
import { plain, scaled } from './venue-json.ts';

export type CaseOption = {
  readonly underlying: CaseUnderlying;
  readonly date: string;
  readonly strike: number;
  readonly right: 'call' | 'put';
  readonly amount: number;
};

/** Positions and expected margins of one of Derive's generated portfolio cases. */
export type CasePortfolio = {
  readonly options: readonly CaseOption[];
  readonly perpetuals: readonly {
    readonly underlying: CaseUnderlying;
    readonly amount: number;
    readonly entryPrice: number;
  }[];
  readonly bases: readonly { readonly underlying: CaseUnderlying; readonly amount: number }[];
  readonly cash: number;
  /** Whole dollars, cut towards 0. */
  readonly expected: { readonly initial: number; readonly maintenance: number };
};

/** Whether an entry is a case of this form. */
export function isCasePortfolio(json: Json): boolean {
  return Array.isArray(json['options']) || Array.isArray(json['perps']) || Array.isArray(json['bases']);
}

/** Sizes above this are 18-decimal fixed point, not 8: a million contracts in 8 decimals is the border. */
const EIGHT_PLACES_MAX = 1e14;

/**
 * Decimals of the sizes in a file: 8 as the published files have, 18 where the magnitudes say so, 0 where sizes carry a
 * fraction. One answer for a whole file.
 */
export function casePlaces(cases: readonly Json[]): number {
  let largest = 0;
  for (const json of cases) {
    for (const key of ['options', 'perps', 'bases']) {
      for (const entry of rowsOf(json[key])) {
        const amount = plain(entry['amount']);
        if (!Number.isInteger(amount)) return 0;
        largest = Math.max(largest, Math.abs(amount));
      }
    }
  }
  return largest > EIGHT_PLACES_MAX ? 18 : 8;
}

function readUnderlying(value: unknown): CaseUnderlying {
  return /btc/i.test(String(value ?? '')) ? 'btc' : 'eth';
}

/** Reads one case. Refuses SHAPE_INVALID where it states no expected margins. */
export function readCasePortfolio(json: Json, places: number): CasePortfolio | Failure {
  const size = (value: unknown): number => (places === 0 ? plain(value) : scaled(value, places));
  const results = objectOf(json['results' in json ? 'results' : 'result']);
  const initial = results['im'] ?? results['IM'];
  const maintenance = results['mm'] ?? results['MM'];
  if (initial === undefined || maintenance === undefined) {
    const expected = 'results (or result) with im and mm';
    return refuse('SHAPE_INVALID', { field: 'results', value: JSON.stringify(results), expected });
  }
  return {
    options: rowsOf(json['options']).map((option) => ({
      underlying: readUnderlying(option['underlying']),
      date: String(option['expiry'] ?? '').replace(/-/g, ''),
      strike: plain(option['strike']),
      right: /put|^p$/i.test(String(option['type'] ?? option['typeOption'])) ? 'put' : 'call',
      amount: size(option['amount']),
    })),
    perpetuals: rowsOf(json['perps']).map((perpetual) => ({
      underlying: readUnderlying(perpetual['underlying']),
      amount: size(perpetual['amount']),
      entryPrice: size(perpetual['entryPrice']),
    })),
    bases: rowsOf(json['bases']).map((base) => ({
      underlying: readUnderlying(base['underlying']),
      amount: size(base['amount']),
    })),
    cash: size(json['cash'] ?? listOf(json['cashes'])[0]),
    expected: { initial: plain(initial), maintenance: plain(maintenance) },
  };
}

/** Doubles may fall this short of a whole dollar that integers reach. */
const WHOLE_DOLLAR_TOLERANCE = 1e-6;

/** Compares with a margin cut to whole dollars towards 0: how far `actual` is outside the interval that is cut to it. */
export function compareWhole(
  name: string,
  field: string,
  of: { readonly expected: number; readonly actual: number },
): ConformCase {
  const { expected, actual } = of;
  const low = expected > 0 ? expected : expected - 1;
  const high = expected < 0 ? expected : expected + 1;
  const deviation = Math.max(0, low - actual, actual - high);
  return {
    name,
    field,
    status: deviation <= WHOLE_DOLLAR_TOLERANCE ? 'passed' : 'failed',
    deviation,
    tolerance: WHOLE_DOLLAR_TOLERANCE,
    expected,
    actual,
  };
}
