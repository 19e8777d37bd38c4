import { QUANTITY_PLACES } from '../base/amount.ts';
import { assert } from '../base/assert.ts';
import type { Option, Product } from '../product/product.ts';

/** An amount between two neighbouring atoms, or equal to both. */
export type Bracket = { readonly down: bigint; readonly up: bigint };

/** value = `digits` / 10^`places`; `places` may be negative. */
type Decimal = { readonly digits: bigint; readonly places: number };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** The shortest decimal that names an f64: what was written when the price was sent. Finite only. */
function toExact(value: number): Decimal {
  const match = DECIMAL.exec(String(value));
  assert(match !== null, 'prices and sizes are finite');
  const fraction = match[3] ?? '';
  const digits = BigInt(match[2]! + fraction);
  return { digits: match[1] === '-' ? -digits : digits, places: fraction.length - Number(match[4] ?? 0) };
}

function power(exponent: number): bigint {
  return 10n ** BigInt(Math.max(0, exponent));
}

/** ⌊a / b⌋ for b > 0. */
export function divideDown(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n ? quotient - 1n : quotient;
}

/** ⌈a / b⌉ for b > 0. */
export function divideUp(a: bigint, b: bigint): bigint {
  return -divideDown(-a, b);
}

/**
 * What `quantityAtoms` contracts are worth at a price, in atoms of the settlement asset, exactly: the decimals that price and contract
 * size are written as, in integers, without a rounding in between. Linear, option and spot m·P·q; inverse perpetual and future −m·q/P.
 * The price is finite and, but for options, above 0.
 */
export function worthOf(
  product: Product,
  at: { readonly price: number; readonly quantityAtoms: bigint; readonly places: number },
): Bracket {
  const price = toExact(at.price);
  const size = toExact(product.kind === 'spot' ? 1 : product.contractSize);
  const isReciprocal =
    (product.kind === 'perpetual' || product.kind === 'future') && product.form === 'inverse';
  const places = QUANTITY_PLACES + size.places - at.places;
  return isReciprocal
    ? bracketOf({ top: -size.digits * at.quantityAtoms, bottom: price.digits, places: places - price.places })
    : bracketOf({
        top: size.digits * at.quantityAtoms * price.digits,
        bottom: 1n,
        places: places + price.places,
      });
}

/**
 * What `quantityAtoms` ≥ 0 of an expired option are paid at a settlement price > 0, exactly: m·max(±(S − K), 0)·q, divided by S where the
 * option is inverse.
 */
export function payoffOf(
  product: Option,
  at: { readonly price: number; readonly quantityAtoms: bigint; readonly places: number },
): Bracket {
  const price = toExact(at.price);
  const strike = toExact(product.strike);
  const size = toExact(product.contractSize);
  const common = Math.max(price.places, strike.places);
  const spread = price.digits * power(common - price.places) - strike.digits * power(common - strike.places);
  const inside = product.right === 'call' ? spread : -spread;
  if (inside <= 0n) return { down: 0n, up: 0n };
  const top = size.digits * inside * at.quantityAtoms;
  const places = QUANTITY_PLACES + size.places + common - at.places;
  return product.form === 'inverse'
    ? bracketOf({ top, bottom: price.digits, places: places - price.places })
    : bracketOf({ top, bottom: 1n, places });
}

/** top / bottom / 10^places between two whole numbers; bottom > 0. */
function bracketOf(of: { readonly top: bigint; readonly bottom: bigint; readonly places: number }): Bracket {
  const top = of.top * power(-of.places);
  const bottom = of.bottom * power(of.places);
  return { down: divideDown(top, bottom), up: divideUp(top, bottom) };
}
