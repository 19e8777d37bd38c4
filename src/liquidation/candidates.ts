import type { MarginReport } from '../margin/report.ts';
import type { ValuedBook, ValuedPosition } from '../margin/valued-book.ts';
import type { Market } from '../market/market.ts';
import type { AssetId } from '../product/product.ts';
import { depthWithin, type Liquidity } from './pace.ts';
import type { ReductionCandidate } from './reduction.ts';

/**
 * The positions of an assessed book as candidates for reduction, in the order of the book. What a position is answerable for of the
 * maintenance requirement is its contribution to the initial one, scaled. A position on a price that the quality gate keeps alive is
 * not closable, nor is one whose underlying has no known depth (LIQUIDATION-005). `report` is of `book`; no errors.
 */
export function reductionCandidates(
  book: ValuedBook,
  report: MarginReport,
  optionHalfSpreadVol: number,
): ReductionCandidate[] {
  const scale = report.initialUsd > 0 ? report.maintenanceUsd / report.initialUsd : 0;
  return book.pooled.map((position, i) => ({
    instrument: position.product.id,
    underlying: position.product.underlying,
    quantityAtoms: quantityOf(book, position),
    lotAtoms: position.product.lotAtoms,
    notionalUsd: position.notionalUsd,
    deltaUsd: position.deltaUsd,
    spreadUsd: halfSpreadUsd(position, book.market, optionHalfSpreadVol),
    contributionUsd: report.positions[i]!.initialUsd * scale,
    closable: !position.contract.degraded && hasDepth(book.market, position.product.underlying),
  }));
}

function quantityOf({ account }: ValuedBook, { product }: ValuedPosition): bigint {
  return account.positions.find((p) => p.instrument === product.id)!.quantityAtoms;
}

function halfSpreadUsd(position: ValuedPosition, market: Market, optionHalfSpreadVol: number): number {
  if (position.product.kind === 'option') return optionHalfSpreadVol * Math.abs(position.vegaUsd);
  const depth = market.underlyings.get(position.product.underlying)?.depth ?? null;
  return (depth?.halfSpreadFrac ?? 0) * position.notionalUsd;
}

function hasDepth(market: Market, underlying: AssetId): boolean {
  return (market.underlyings.get(underlying)?.depth?.bands.length ?? 0) > 0;
}

/** What each underlying's market can take within `bandFrac` of the mark; underlyings without known depth are left out. No errors. */
export function liquidityOf(
  market: Market,
  bandFrac: number,
  dailyVol: ReadonlyMap<AssetId, number>,
): Map<AssetId, Liquidity> {
  const liquidity = new Map<AssetId, Liquidity>();
  for (const [underlying, { depth }] of market.underlyings) {
    const index = market.assets.get(underlying)?.index.value;
    if (depth === null || index === undefined) continue;
    liquidity.set(underlying, {
      depthUsd: depthWithin(depth, bandFrac) * index,
      dailyVolumeUsd: depth.dailyVolume * index,
      dailyVol: dailyVol.get(underlying) ?? 0,
    });
  }
  return liquidity;
}
