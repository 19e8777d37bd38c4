import type { Depth } from '../../market/market.ts';
import type { AssetId } from '../../product/product.ts';
import type { ValuedPosition } from '../valued-book.ts';
import { type AddOn, type AddOnInput, splitByWeight } from './add-on.ts';

/**
 * What closing the book would cost (ADDON-001): half the spread on every position, options by vega, plus square-root market
 * impact of the net delta per underlying: impact · σ(daily) · √(|net| / daily volume) · |net|
 * (Almgren, Thum, Hauptmann, Li 2005; Tóth et al. 2011). An underlying without depth is charged a flat fraction.
 */
export function chargeLiquidity(input: AddOnInput): AddOn {
  const { book } = input;
  const byPosition = new Float64Array(book.pooled.length);
  for (const [underlying, at] of groupByUnderlying(book.pooled)) {
    const depth = book.market.underlyings.get(underlying)?.depth ?? null;
    const cost = depth === null ? unknownCost(input, at) : knownCost(input, { at, underlying, depth });
    for (let k = 0; k < at.length; k++) byPosition[at[k]!] = cost[k]!;
  }
  return {
    id: 'liquidity',
    about: 'half spread, and market impact of closing the net delta',
    usd: byPosition.reduce((sum, x) => sum + x, 0),
    byPosition,
    byAsset: new Map(),
  };
}

/**
 * Concentration across accounts of one beneficial owner (ADDON-009): the impact rate is that of the owner's whole
 * same-direction position; this is the difference to the account's own rate.
 */
export function chargeLinkedAccounts(input: AddOnInput): AddOn {
  const { book, linked } = input;
  const byPosition = new Float64Array(book.pooled.length);
  for (const [underlying, at] of groupByUnderlying(book.pooled)) {
    const depth = book.market.underlyings.get(underlying)?.depth ?? null;
    const other = (linked.get(underlying) ?? 0) * indexUsd(input, underlying);
    const own = netDeltaUsd(book.pooled, at);
    if (depth === null || other * own <= 0) continue;
    const rate = (usd: number): number => impactFrac(input, { underlying, depth, sizeUsd: usd });
    const extra = Math.abs(own) * (rate(Math.abs(own + other)) - rate(Math.abs(own)));
    const split = splitByWeight(extra, weightsOf(book.pooled, at));
    for (let k = 0; k < at.length; k++) byPosition[at[k]!] = split[k]!;
  }
  return {
    id: 'linked-accounts',
    about: "impact of the owner's same-direction positions in other accounts",
    usd: byPosition.reduce((sum, x) => sum + x, 0),
    byPosition,
    byAsset: new Map(),
  };
}

/** Position indices per underlying, underlyings in order of first appearance. */
export function groupByUnderlying(positions: readonly ValuedPosition[]): Map<AssetId, number[]> {
  const groups = new Map<AssetId, number[]>();
  for (let i = 0; i < positions.length; i++) {
    const { underlying } = positions[i]!.product;
    const group = groups.get(underlying);
    if (group === undefined) groups.set(underlying, [i]);
    else group.push(i);
  }
  return groups;
}

function netDeltaUsd(positions: readonly ValuedPosition[], at: readonly number[]): number {
  return at.reduce((sum, i) => sum + positions[i]!.deltaUsd, 0);
}

function weightsOf(positions: readonly ValuedPosition[], at: readonly number[]): Float64Array {
  return Float64Array.from(at, (i) => Math.abs(positions[i]!.deltaUsd));
}

function indexUsd(input: AddOnInput, underlying: AssetId): number {
  return input.book.market.assets.get(underlying)!.index.value;
}

function unknownCost(input: AddOnInput, at: readonly number[]): Float64Array {
  const { unknownDepthFrac } = input.parameters.liquidity;
  return Float64Array.from(at, (i) => unknownDepthFrac * input.book.pooled[i]!.notionalUsd);
}

type Group = { readonly at: readonly number[]; readonly underlying: AssetId; readonly depth: Depth };

function knownCost(input: AddOnInput, { at, underlying, depth }: Group): Float64Array {
  const { pooled } = input.book;
  const own = Math.abs(netDeltaUsd(pooled, at));
  const impact = own * impactFrac(input, { underlying, depth, sizeUsd: own });
  const split = splitByWeight(impact, weightsOf(pooled, at));
  const { optionHalfSpreadVol } = input.parameters.liquidity;
  return Float64Array.from(at, (i, k) => {
    const position = pooled[i]!;
    const option = position.product.kind === 'option';
    const spread = option
      ? optionHalfSpreadVol * Math.abs(position.vegaUsd)
      : depth.halfSpreadFrac * position.notionalUsd;
    return spread + split[k]!;
  });
}

/** Impact as a fraction of the value traded, for a trade of `sizeUsd`. */
function impactFrac(
  input: AddOnInput,
  trade: { readonly underlying: AssetId; readonly depth: Depth; readonly sizeUsd: number },
): number {
  const volumeUsd = trade.depth.dailyVolume * indexUsd(input, trade.underlying);
  const sigma = input.dailyVol.get(trade.underlying) ?? 0;
  if (volumeUsd <= 0) return input.parameters.liquidity.unknownDepthFrac;
  return input.parameters.liquidity.impactFactor * sigma * Math.sqrt(trade.sizeUsd / volumeUsd);
}
