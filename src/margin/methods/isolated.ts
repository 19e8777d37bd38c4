import type { IsolatedParameters, PerAsset } from '../methodology.ts';
import type { Requirement } from '../report.ts';
import type { ValuedBook, ValuedPosition } from '../valued-book.ts';

/** Value of a per-asset parameter, or the one for every other asset. */
export function perAsset(values: PerAsset, asset: string): number {
  return Object.hasOwn(values, asset) ? values[asset]! : values.other;
}

/**
 * Initial rate of a position as a fraction of notional (METHOD-010): base · max(1, √(notional / size)), at most 1, in the
 * manner of venues whose margin fraction grows with the square root of size.
 */
export function isolatedRate(position: ValuedPosition, parameters: IsolatedParameters): number {
  const { underlying } = position.product;
  const size = perAsset(parameters.sizeUsd, underlying);
  const scale = Math.max(1, Math.sqrt(position.notionalUsd / size));
  return Math.min(1, perAsset(parameters.baseFrac, underlying) * scale);
}

/**
 * Initial requirement of one position alone, USD (METHOD-011). Futures and perpetuals: rate · notional. Long options: their
 * value. Short options: their value + max(rate − out-of-the-money fraction, rate / 2) · notional.
 */
export function isolatedInitial(position: ValuedPosition, parameters: IsolatedParameters): number {
  const rate = isolatedRate(position, parameters);
  const { product } = position;
  if (product.kind !== 'option') return rate * position.notionalUsd;
  const valueUsd = Math.abs(position.quantity * position.contract.valueUsd);
  if (position.quantity >= 0) return valueUsd;
  const moneyness = product.strike / position.contract.indexInStrikeUnit - 1;
  const outFrac = Math.max(0, product.right === 'call' ? moneyness : -moneyness);
  return valueUsd + Math.max(rate - outFrac, rate / 2) * position.notionalUsd;
}

/** Isolated margin of a whole book: the sum over positions, nothing nets. */
export function requireIsolated(book: ValuedBook, parameters: IsolatedParameters): Requirement {
  const each = book.pooled.map((position) => isolatedInitial(position, parameters));
  const initialUsd = each.reduce((sum, x) => sum + x, 0);
  const maintenanceUsd = parameters.maintenanceFrac * initialUsd;
  return {
    method: 'isolated',
    initialUsd,
    maintenanceUsd,
    components: [
      { id: 'positions', about: 'every position alone, rate by size', initialUsd, maintenanceUsd },
    ],
    contributions: book.pooled.map((position, i) => ({
      kind: 'position',
      id: position.product.id,
      underlying: position.product.underlying,
      initialUsd: each[i]!,
      standaloneUsd: each[i]!,
    })),
    scenarios: [],
  };
}
