import type { Market } from '../../market/market.ts';
import type { AssetId } from '../../product/product.ts';
import { type AddOn, type AddOnInput } from './add-on.ts';

/**
 * Wrong-way collateral (ADDON-005): collateral that fails together with the position it backs. For every issuer that stands
 * behind both collateral and long exposure, a fraction of the smaller of the two.
 */
export function chargeWrongWay(input: AddOnInput): AddOn {
  const { book, pool, parameters } = input;
  const byPosition = new Float64Array(book.pooled.length);
  const byAsset = new Map<AssetId, number>();
  const issuerOf = (asset: AssetId): string | null => book.market.assets.get(asset)?.asset.issuer ?? null;
  const backed = new Map<string, { asset: AssetId; usd: number }[]>();
  for (const line of pool.lines) {
    const issuer = issuerOf(line.asset);
    if (issuer === null || line.countedUsd <= 0) continue;
    backed.set(issuer, [...(backed.get(issuer) ?? []), { asset: line.asset, usd: line.countedUsd }]);
  }
  for (const [issuer, lines] of backed) {
    const collateral = lines.reduce((sum, line) => sum + line.usd, 0);
    const at = book.pooled.flatMap((p, i) => (issuerOf(p.product.underlying) === issuer ? [i] : []));
    const long = at.reduce((sum, i) => sum + book.pooled[i]!.deltaUsd, 0);
    if (long <= 0) continue;
    const charge = parameters.wrongWay.sameIssuerFrac * Math.min(long, collateral);
    for (const line of lines) byAsset.set(line.asset, (charge * line.usd) / collateral);
  }
  return {
    id: 'wrong-way',
    about: 'collateral and position stand on the same issuer',
    usd: sum(byAsset.values()),
    byPosition,
    byAsset,
  };
}

/**
 * Stablecoin depeg (ADDON-006): a stablecoin below its threshold costs factor · (threshold − price) per unit held, as in
 * the published rule of Derive, whatever the scenarios say. The threshold is a fraction of what the coin is pegged to.
 */
export function chargeDepeg(input: AddOnInput): AddOn {
  const { book, pool, parameters } = input;
  const { threshold, factor } = parameters.depeg;
  const byAsset = new Map<AssetId, number>();
  for (const { asset, amount } of pool.lines) {
    const quote = book.market.assets.get(asset)!;
    const floorUsd = threshold * pegUsd(quote.asset.pegTo, book.market);
    if (quote.asset.kind !== 'stable' || amount <= 0 || quote.index.value >= floorUsd) continue;
    byAsset.set(asset, factor * (floorUsd - quote.index.value) * amount);
  }
  return {
    id: 'depeg',
    about: 'stablecoins trading below their peg',
    usd: sum(byAsset.values()),
    byPosition: new Float64Array(book.pooled.length),
    byAsset,
  };
}

/** USD that one unit of a peg is worth: 1 for the dollar, and where the market does not price it. */
function pegUsd(pegTo: AssetId | null, market: Market): number {
  return pegTo === null ? 1 : (market.assets.get(pegTo)?.index.value ?? 1);
}

/** Oracle confidence (ADDON-007): a price trusted less than the threshold costs (1 − confidence) · factor of the notional. */
export function chargeOracle(input: AddOnInput): AddOn {
  const { book, pool, parameters } = input;
  const { threshold, factor } = parameters.oracle;
  const charge = (confidence: number, usd: number): number =>
    confidence < threshold ? (1 - confidence) * factor * Math.abs(usd) : 0;
  const byPosition = Float64Array.from(book.pooled, (p) => charge(p.contract.confidence, p.notionalUsd));
  const byAsset = new Map<AssetId, number>();
  for (const { asset, countedUsd } of pool.lines) {
    const usd = charge(book.market.assets.get(asset)!.index.confidence, countedUsd);
    if (usd > 0) byAsset.set(asset, usd);
  }
  return {
    id: 'oracle',
    about: 'prices of low confidence',
    usd: sum(byPosition) + sum(byAsset.values()),
    byPosition,
    byAsset,
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
