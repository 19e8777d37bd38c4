import { type Failure, refuse } from '../base/failure.ts';
import type { AssetQuote, Market } from '../market/market.ts';
import type { AssetId } from '../product/product.ts';
import type { AssetRule, CollateralRules, HaircutTier } from './rules.ts';

/** One asset of the pool. All values in USD; a liability has negative values. */
export type PoolLine = {
  readonly asset: AssetId;
  /** Balance + unrealised P&L + option value paid in this asset, in units of it. */
  readonly amount: number;
  /** The price it is valued at (COLLATERAL-001). */
  readonly priceUsd: number;
  readonly grossUsd: number;
  readonly treatment: 'tiers' | 'scenarios' | 'ineligible';
  /** Value lost to the haircut or gained by the liability weight: `grossUsd − countedUsd` = haircut + cap cut. */
  readonly haircutUsd: number;
  readonly capCutUsd: number;
  readonly countedUsd: number;
  /** Units that the scenario vector carries: the counted share of `amount` under `scenarios`, else 0. */
  readonly simulatedAmount: number;
};

export type Pool = {
  readonly lines: readonly PoolLine[];
  /** Σ gross: what the account would have if everything were sold at its valuation price. */
  readonly grossUsd: number;
  /** Σ counted: the equity that margin is measured against. */
  readonly countedUsd: number;
};

/** Worth in USD above which a position or holding is refused: sums with it would lose all meaning in f64. */
export const VALUE_MAX: number = 1e18;

const INELIGIBLE: Omit<AssetRule, 'asset'> = {
  treatment: 'tiers',
  tiers: [{ upToUsd: null, haircutFrac: 1 }],
  liabilityWeightFrac: 1,
  capUsd: null,
};

/**
 * Values one unit in USD: the lower of index and short average for what is owned, the higher for what is owed; never below
 * the issuer's redemption value for what is owned (COLLATERAL-001, COLLATERAL-002).
 */
export function valuationPrice(quote: AssetQuote, owned: boolean): number {
  const { index, averageValue, redemptionValue } = quote;
  if (!owned) return Math.max(index.value, averageValue);
  const market = Math.min(index.value, averageValue);
  return redemptionValue === null ? market : Math.max(market, redemptionValue);
}

/** Value kept of `usd` after marginal haircut tiers (COLLATERAL-004). Example: 600,000 at 2.5 / 3 / 3.5 % up to 100 k / 500 k / 1 M keeps 582,000. */
export function afterTiers(usd: number, tiers: readonly HaircutTier[]): number {
  let kept = 0;
  let from = 0;
  for (const tier of tiers) {
    const to = tier.upToUsd === null ? usd : Math.min(usd, tier.upToUsd);
    if (to <= from) break;
    kept += (to - from) * (1 - tier.haircutFrac);
    from = to;
  }
  return kept;
}

/**
 * Assesses the pool: every asset at its valuation price, haircut or marked for simulation, capped per asset and per issuer (COLLATERAL-005 … COLLATERAL-009).
 * `holdings` in units of each asset, finite. Refuses PRICE_MISSING for an asset that the market does not quote, and
 * NUMBER_NOT_FINITE for one worth more than {@link VALUE_MAX}.
 */
export function assessPool(
  holdings: ReadonlyMap<AssetId, number>,
  market: Market,
  rules: CollateralRules,
): Pool | Failure {
  const lines: PoolLine[] = [];
  const issuerLeft = new Map(rules.issuerCaps.map((cap) => [cap.issuer, cap.capUsd]));
  for (const asset of [...holdings.keys()].sort()) {
    const amount = holdings.get(asset)!;
    const quote = market.assets.get(asset);
    if (quote === undefined) {
      return refuse('PRICE_MISSING', { field: `assets.${asset}`, value: amount, expected: 'a quoted asset' });
    }
    const rule = rules.assets.find((r) => r.asset === asset) ?? null;
    const line = assessLine(asset, { amount, quote, rule, issuerLeft });
    if (!(Math.abs(line.grossUsd) <= VALUE_MAX)) {
      const expected = `an amount worth at most ${VALUE_MAX} USD`;
      return refuse('NUMBER_NOT_FINITE', { field: `balances.${asset}`, value: amount, expected });
    }
    lines.push(line);
  }
  return {
    lines,
    grossUsd: lines.reduce((sum, line) => sum + line.grossUsd, 0),
    countedUsd: lines.reduce((sum, line) => sum + line.countedUsd, 0),
  };
}

type LineInput = {
  readonly amount: number;
  readonly quote: AssetQuote;
  readonly rule: AssetRule | null;
  readonly issuerLeft: Map<string, number>;
};

function assessLine(asset: AssetId, { amount, quote, rule, issuerLeft }: LineInput): PoolLine {
  const priceUsd = valuationPrice(quote, amount >= 0);
  const grossUsd = amount * priceUsd;
  const treatment = rule === null ? 'ineligible' : rule.treatment;
  const { tiers, liabilityWeightFrac, capUsd } = rule ?? INELIGIBLE;
  if (amount < 0) {
    const countedUsd = grossUsd * (1 + liabilityWeightFrac);
    const simulatedAmount = treatment === 'scenarios' ? amount * (1 + liabilityWeightFrac) : 0;
    const haircutUsd = grossUsd - countedUsd;
    return {
      asset,
      amount,
      priceUsd,
      grossUsd,
      treatment,
      haircutUsd,
      capCutUsd: 0,
      countedUsd,
      simulatedAmount,
    };
  }
  const trusted = quote.index.confidence > 0;
  const kept = !trusted ? 0 : treatment === 'scenarios' ? grossUsd : afterTiers(grossUsd, tiers);
  const countedUsd = withinCaps(kept, { capUsd, issuer: quote.asset.issuer, issuerLeft });
  return {
    asset,
    amount,
    priceUsd,
    grossUsd,
    treatment,
    haircutUsd: grossUsd - kept,
    capCutUsd: kept - countedUsd,
    countedUsd,
    simulatedAmount: treatment === 'scenarios' && grossUsd > 0 ? amount * (countedUsd / grossUsd) : 0,
  };
}

function withinCaps(
  kept: number,
  limits: { capUsd: number | null; issuer: string | null; issuerLeft: Map<string, number> },
): number {
  const { capUsd, issuer, issuerLeft } = limits;
  const underAsset = capUsd === null ? kept : Math.min(kept, capUsd);
  const left = issuer === null ? undefined : issuerLeft.get(issuer);
  if (issuer === null || left === undefined) return underAsset;
  const counted = Math.min(underAsset, left);
  issuerLeft.set(issuer, left - counted);
  return counted;
}
