/** Marginal tier: the part of a size up to `upTo` (null = without end) counts at `rate`. Tiers ascend. */
export type RateTier = { readonly upTo: number | null; readonly rate: number };

/**
 * Σ over tiers of the part of `size` in the tier · its rate (METHOD-072); what lies above the last tier counts at the last rate.
 * `size` ≥ 0 and at least one tier; no errors. Used for minimum charges by size and stablecoin charges (OKX), and shaped
 * like a tiered haircut.
 */
export function tieredCharge(size: number, tiers: readonly RateTier[]): number {
  let charge = 0;
  let from = 0;
  for (const [i, tier] of tiers.entries()) {
    const last = i === tiers.length - 1 || tier.upTo === null;
    const to = last ? size : Math.min(size, tier.upTo);
    if (to > from) charge += (to - from) * tier.rate;
    from = Math.max(from, to);
    if (last) break;
  }
  return charge;
}
