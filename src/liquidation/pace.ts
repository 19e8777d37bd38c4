import type { Depth } from '../market/market.ts';
import type { AssetId } from '../product/product.ts';

/** What one underlying's market can take. Money in USD. */
export type Liquidity = {
  /** Resting on the thinner side within the band that liquidations may reach. */
  readonly depthUsd: number;
  readonly dailyVolumeUsd: number;
  /** Daily volatility as a fraction. */
  readonly dailyVol: number;
};

/** How fast liquidations may trade; one interval after another. */
export type PaceRules = {
  /** Largest share of the depth that one interval takes from an underlying. */
  readonly depthShareMax: number;
  /** Largest notional that one interval trades in an underlying, whatever the depth. */
  readonly notionalUsdMax: number;
  /** 1 in quiet times; below 1 while a breaker slows liquidations down. */
  readonly paceFactor: number;
  /** Coefficient of the square-root impact law, about 1. */
  readonly impactFactor: number;
};

/**
 * Quantity that rests within `bandFrac` of mid, in units of the underlying: straight lines between the published bands, from nothing
 * at mid; nothing beyond the last band is assumed. No errors.
 */
export function depthWithin(depth: Depth, bandFrac: number): number {
  let before = { bandFrac: 0, quantity: 0 };
  for (const band of depth.bands) {
    if (band.bandFrac > bandFrac) {
      const part = (bandFrac - before.bandFrac) / (band.bandFrac - before.bandFrac);
      return before.quantity + part * (band.quantity - before.quantity);
    }
    before = band;
  }
  return before.quantity;
}

/**
 * USD of notional that may still be traded in an underlying in this interval (LIQUIDATION-006); nothing where its depth or volume is
 * not known. `spentUsd` is what liquidations of all accounts have traded in it since the interval began. No errors.
 */
export function paceLeftUsd(
  underlying: AssetId,
  market: {
    readonly liquidity: ReadonlyMap<AssetId, Liquidity>;
    readonly spentUsd: ReadonlyMap<AssetId, number>;
  },
  rules: PaceRules,
): number {
  const known = market.liquidity.get(underlying);
  const depthUsd = known !== undefined && known.dailyVolumeUsd > 0 ? known.depthUsd : 0;
  const whole = Math.min(rules.depthShareMax * depthUsd, rules.notionalUsdMax) * rules.paceFactor;
  return Math.max(0, whole - (market.spentUsd.get(underlying) ?? 0));
}

/**
 * Cost in USD of moving the market by trading `sizeUsd` of delta at once: impact · σ · √(size / daily volume) · size, the square-root
 * law of the liquidity add-on. The volume is above 0; no errors.
 */
export function impactUsd(sizeUsd: number, liquidity: Liquidity, impactFactor: number): number {
  if (sizeUsd <= 0) return 0;
  return impactFactor * liquidity.dailyVol * Math.sqrt(sizeUsd / liquidity.dailyVolumeUsd) * sizeUsd;
}
