import type { ErrorCode } from '../../base/catalogue.ts';
import { describeFailure, isFailure } from '../../base/failure.ts';
import { impliedVol } from '../../pricer/implied-vol.ts';
import { compare, fail, skip } from './compare.ts';
import { type Json, numberOf, textOf } from './json.ts';
import { type OptionTolerances, quantityOf, rightOf } from './options-read.ts';
import type { ConformCase } from './suite.ts';

function askOf(row: Json): Parameters<typeof impliedVol>[0] | null {
  const right = rightOf(row);
  if (right === null) return null;
  const [forward, strike, tauYears, price] = ['F', 'K', 'T', 'price'].map((k) => quantityOf(row[k]));
  const rate = row['r'] === undefined || row['r'] === null ? 0 : quantityOf(row['r']);
  return { right, forward: forward!, strike: strike!, tauYears: tauYears!, rate, price: price! };
}

/** The vol that made the price, as closely as the price determines it; a library's own answer where that is close itself. */
export function* runImplied(row: Json, name: string, tolerances: OptionTolerances): Iterable<ConformCase> {
  const quoted = askOf(row);
  if (quoted === null) return yield fail(name, 'type', 'neither call nor put');
  const actual = impliedVol(quoted);
  const truth = numberOf(row['sigma_true']);
  const perUlp = numberOf(row['sigma_per_price_ulp']) || 0;
  const tolerance = Math.max(tolerances.impliedVol, (tolerances.impliedUlps * perUlp) / truth);
  yield compare({ name, field: 'sigma_true', actual, expected: truth, tolerance });
  const library = row['quantlib_sigma'];
  if (library === undefined || library === null) return;
  const off = Math.abs(numberOf(library) / truth - 1);
  if (!(off <= tolerance))
    yield skip(name, 'quantlib_sigma', 'the library itself is off the vol that made the price');
  else yield compare({ name, field: 'quantlib_sigma', actual, expected: library, tolerance: 2 * tolerance });
}

/** What a file's words for an error mean here, the first that matches. */
const CODES: readonly (readonly [RegExp, readonly ErrorCode[]])[] = [
  [/expired|maturity/, ['INSTRUMENT_EXPIRED']],
  [/negative price|below/, ['IMPLIED_VOL_BELOW_INTRINSIC']],
  [/above|exceed|maximum|too (high|large)/, ['IMPLIED_VOL_ABOVE_MAXIMUM']],
  [/determin|unique|intrinsic|time value|zero price/, ['IMPLIED_VOL_UNDETERMINED']],
  [/finite|nan|inf/, ['NUMBER_NOT_FINITE']],
  [/strike|forward|positive/, ['NUMBER_OUT_OF_RANGE']],
];

/** Prices without a volatility must be refused, with the code that the file's words call for. */
export function* runRefused(row: Json, name: string): Iterable<ConformCase> {
  const quoted = askOf(row);
  if (quoted === null) return yield fail(name, 'type', 'neither call nor put');
  const words = textOf(row['expect']);
  const actual = impliedVol(quoted);
  if (!isFailure(actual))
    return yield fail(name, 'expect', `a volatility of ${actual} where the file says ${words}`);
  const codes = CODES.find(([pattern]) => pattern.test(words.toLowerCase()))?.[1] ?? [actual.failure];
  const fits = codes.includes(actual.failure);
  yield {
    name,
    field: 'expect',
    status: fits ? 'passed' : 'failed',
    deviation: fits ? 0 : Infinity,
    tolerance: 0,
    expected: words,
    actual: actual.failure,
    reason: describeFailure(actual),
  };
}
