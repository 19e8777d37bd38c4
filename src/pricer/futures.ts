import type { Form } from '../product/product.ts';

/** Funding rates are quoted per this long. */
const FUNDING_PERIOD_MS: number = 8 * 3_600_000;

/**
 * P&L of `quantity` contracts (long positive) from price `entry` to `exit` (PRODUCT-002), in the settlement asset: q·m·(exit − entry) for
 * linear ones, q·m·(1/entry − 1/exit) coin for inverse ones, written without subtracting two reciprocals. Prices > 0.
 */
export function futurePnl(of: {
  readonly form: Form;
  readonly quantity: number;
  readonly contractSize: number;
  readonly entry: number;
  readonly exit: number;
}): number {
  const { form, quantity, contractSize, entry, exit } = of;
  const move = exit - entry;
  return quantity * contractSize * (form === 'linear' ? move : move / entry / exit);
}

/**
 * What one contract is worth in the settlement asset at `price` (PRODUCT-003): m·P linear, −m/P coin inverse, so that P&L is a difference of
 * values for both. For a future this is a coordinate, not money: only value − cost is owed.
 */
export function futureValue(form: Form, contractSize: number, price: number): number {
  return form === 'linear' ? contractSize * price : -contractSize / price;
}

/** P&L coins of a long inverse position per unit of relative move: the coins of delta at `price`. */
export function inverseDeltaCoin(quantity: number, contractSize: number, price: number): number {
  return (quantity * contractSize) / price;
}

/**
 * Cash flow of funding to the holder of `quantity` contracts (PRODUCT-005) over `elapsedMs`, in the settlement asset: a positive `rate`
 * (fraction of notional per {@link FUNDING_PERIOD_MS}) is paid by longs, so the flow is negative for them. Accrues linearly;
 * notional is m·P linear, m/P coin inverse, at the mark `price` > 0.
 */
export function fundingFlow(of: {
  readonly form: Form;
  readonly quantity: number;
  readonly contractSize: number;
  readonly price: number;
  readonly rate: number;
  readonly elapsedMs: number;
}): number {
  const { form, quantity, contractSize, price, rate, elapsedMs } = of;
  const notional = quantity * (form === 'linear' ? contractSize * price : contractSize / price);
  return -notional * rate * (elapsedMs / FUNDING_PERIOD_MS);
}
