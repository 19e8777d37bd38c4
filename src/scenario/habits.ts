import type { Asset, AssetId } from '../product/product.ts';
import { NUMERAIRE } from './groups.ts';

/**
 * Daily returns of each asset against its leader (`groups.ts`), July 2020 – June 2025, closes in USDT on the largest spot venue: beta
 * and standard deviation of the residual. `price`: a level of mid-2025 in USD, used where the caller has none.
 */
export type Habit = { readonly beta: number; readonly residualSd: number; readonly price: number };

// prettier-ignore
export const HABITS: ReadonlyMap<AssetId, Habit> = new Map([
  ['BTC', { beta: 0, residualSd: 0, price: 107_000 }], ['ETH', { beta: 1.08, residualSd: 0.0248, price: 2_480 }],
  ['BNB', { beta: 0.9, residualSd: 0.0334, price: 657 }], ['SOL', { beta: 0.97, residualSd: 0.0494, price: 155 }],
  ['XRP', { beta: 0.99, residualSd: 0.046, price: 2.24 }], ['ADA', { beta: 0.87, residualSd: 0.0371, price: 0.57 }],
  ['DOGE', { beta: 1.22, residualSd: 0.0644, price: 0.165 }], ['AVAX', { beta: 0.98, residualSd: 0.048, price: 18 }],
  ['LINK', { beta: 1.01, residualSd: 0.0367, price: 13.4 }], ['LTC', { beta: 1.09, residualSd: 0.0324, price: 86 }],
  ['DOT', { beta: 0.94, residualSd: 0.0374, price: 3.4 }], ['ATOM', { beta: 0.9, residualSd: 0.0435, price: 4.1 }],
  ['NEAR', { beta: 0.98, residualSd: 0.0512, price: 2.15 }], ['TRX', { beta: 0.72, residualSd: 0.0376, price: 0.28 }],
  ['BCH', { beta: 1.13, residualSd: 0.0362, price: 505 }], ['ARB', { beta: 1.2, residualSd: 0.0299, price: 0.345 }],
  ['OP', { beta: 1.27, residualSd: 0.0456, price: 0.567 }], ['SUI', { beta: 0.97, residualSd: 0.0465, price: 2.78 }],
  ['AAVE', { beta: 1.05, residualSd: 0.0399, price: 274 }], ['UNI', { beta: 1.02, residualSd: 0.0392, price: 7.1 }],
]);

/** For what the table does not name. */
export const STRANGER: Habit = { beta: 1, residualSd: 0.05, price: 1 };

/** A level to begin at where nobody gives one, USD: the table's, that of what the asset is pegged to, else 1. */
export function defaultPrice(id: AssetId, assets: ReadonlyMap<AssetId, Asset>): number {
  const seen = new Set<AssetId>();
  let at: AssetId | null = id;
  while (at !== null && at !== NUMERAIRE && !HABITS.has(at) && !seen.has(at)) {
    seen.add(at);
    at = assets.get(at)?.pegTo ?? null;
  }
  return at === null ? STRANGER.price : (HABITS.get(at) ?? STRANGER).price;
}
