import { toDecimal } from '../base/amount.ts';
import { type Failure, refuse } from '../base/failure.ts';
import type { AssetId, Form } from '../product/product.ts';

/** What a venue name such as `BTC-27MAR26-100000-C` says. Expiry is 08:00 UTC of the date named. */
export type InstrumentName = {
  readonly underlying: AssetId;
  readonly settle: AssetId;
  readonly form: Form;
} & (
  | { readonly kind: 'spot' }
  | { readonly kind: 'perpetual' }
  | { readonly kind: 'future'; readonly expiryMs: number }
  | {
      readonly kind: 'option';
      readonly expiryMs: number;
      readonly strike: number;
      readonly right: 'call' | 'put';
    }
);

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const EXPIRY_HOUR_UTC = 8;
/** Decimals that a strike may have. */
const STRIKE_PLACES = 8;
const STRIKE_SCALE = 100_000_000;

const NAME =
  /^([A-Z0-9]{1,20})(?:_([A-Z0-9]{1,20}))?(?:-(PERPETUAL|([1-9]\d?)([A-Z]{3})(\d\d)))?(?:-(\d{1,9}(?:d\d{1,8})?)-([CP]))?$/;

/**
 * Parses a name in the manner of Deribit. `BTC-…` is inverse, paid in BTC; `BTC_USDC-…` is linear, paid in USDC; `BTC_USDC` alone is the
 * spot pair. Strikes write their decimal point as `d` (`0d55`). Refuses SHAPE_INVALID.
 */
export function parseInstrumentName(text: string): InstrumentName | Failure {
  const match = NAME.exec(text);
  if (match === null) return refuseName(text, 'a name such as BTC-27MAR26-100000-C');
  const [, underlying, quote, tail, day, month, year, strikeText, rightText] = match;
  const base = {
    underlying: underlying!,
    settle: quote ?? underlying!,
    form: (quote === undefined ? 'inverse' : 'linear') as Form,
  };
  if (tail === undefined) {
    const spot = quote !== undefined && strikeText === undefined;
    return spot ? { ...base, kind: 'spot' } : refuseName(text, 'a date, PERPETUAL, or a pair');
  }
  if (tail === 'PERPETUAL') {
    return strikeText === undefined
      ? { ...base, kind: 'perpetual' }
      : refuseName(text, 'no strike on a perpetual');
  }
  const expiryMs = parseExpiry(day!, month!, year!);
  if (expiryMs === null) return refuseName(text, 'a date of the calendar such as 27MAR26');
  if (strikeText === undefined) return { ...base, kind: 'future', expiryMs };
  const strike = Number(strikeText.replace('d', '.'));
  if (!(strike > 0)) return refuseName(text, 'a strike > 0');
  return { ...base, kind: 'option', expiryMs, strike, right: rightText === 'C' ? 'call' : 'put' };
}

function parseExpiry(day: string, month: string, year: string): number | null {
  const monthIndex = MONTHS.indexOf(month);
  const expiryMs = Date.UTC(2000 + Number(year), monthIndex, Number(day), EXPIRY_HOUR_UTC);
  return monthIndex >= 0 && new Date(expiryMs).getUTCDate() === Number(day) ? expiryMs : null;
}

function refuseName(text: string, expected: string): Failure {
  return refuse('SHAPE_INVALID', { field: 'instrument', value: text, expected });
}

/** Inverse of {@link parseInstrumentName}, in its shortest form: no leading zero in the day, no trailing zero in the strike. */
export function toInstrumentName(name: InstrumentName): string {
  const base = name.form === 'inverse' ? name.underlying : `${name.underlying}_${name.settle}`;
  if (name.kind === 'spot') return base;
  if (name.kind === 'perpetual') return `${base}-PERPETUAL`;
  const date = new Date(name.expiryMs);
  const year = String(date.getUTCFullYear() % 100).padStart(2, '0');
  const expiry = `${base}-${date.getUTCDate()}${MONTHS[date.getUTCMonth()]!}${year}`;
  if (name.kind === 'future') return expiry;
  const strike = toDecimal(BigInt(Math.round(name.strike * STRIKE_SCALE)), STRIKE_PLACES).replace('.', 'd');
  return `${expiry}-${strike}-${name.right === 'call' ? 'C' : 'P'}`;
}
