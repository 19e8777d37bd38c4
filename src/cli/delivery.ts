import { refuse } from '../base/failure.ts';
import { afterTiers, valuationPrice } from '../collateral/pool.ts';
import { type DeliveryPlan, type DeliverySource, planDelivery } from '../collateral/delivery.ts';
import { loadProgrammeSolver } from '../io/programme.ts';
import type { MarginReport } from '../margin/report.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { Market } from '../market/market.ts';
import { orRefuse, Refused } from './failure-exit.ts';

const DELIVERABLE = /^([^=]+)=([0-9.]+)(?:@([0-9.]+)%?)?$/;
/** What a dollar of collateral costs its owner a year where not stated, as a fraction. */
const FUNDING_COST_FRAC = 0.05;
/** Settlement lots are the largest power of ten worth at most this. */
const LOT_USD_MAX = 100;

/** The cheapest way to meet the call of a report from what the owner says can be delivered; null where there is no call or no offer. */
export async function planCallDelivery(
  report: MarginReport,
  offers: readonly string[],
  by: { readonly market: Market; readonly methodology: Methodology },
): Promise<DeliveryPlan | null> {
  if (report.callUsd <= 0 || offers.length === 0) return null;
  const sources = offers.map((offer) => toSource(offer, by));
  return orRefuse(planDelivery(report.callUsd, sources, await loadProgrammeSolver()));
}

function toSource(
  offer: string,
  { market, methodology }: { readonly market: Market; readonly methodology: Methodology },
): DeliverySource {
  const match = DELIVERABLE.exec(offer);
  if (match === null) {
    const expected = 'ASSET=AMOUNT, or ASSET=AMOUNT@COST% a year';
    throw new Refused(refuse('SHAPE_INVALID', { field: '--deliverable', value: offer, expected }));
  }
  const [asset, amount] = [match[1]!, Number(match[2])];
  const quote = market.assets.get(asset);
  if (quote === undefined) {
    const expected = 'an asset of the market';
    throw new Refused(refuse('UNKNOWN_ASSET', { field: '--deliverable', value: asset, expected }));
  }
  const priceUsd = valuationPrice(quote, true);
  const rule = methodology.collateral.assets.find((r) => r.asset === asset);
  const valueUsd = amount * priceUsd;
  const kept = rule === undefined || valueUsd === 0 ? 0 : afterTiers(valueUsd, rule.tiers) / valueUsd;
  let lotUnits = 1;
  for (let places = 0; lotUnits * priceUsd > LOT_USD_MAX && places < quote.asset.places; places++)
    lotUnits /= 10;
  return {
    asset,
    availableUnits: amount,
    lotUnits,
    priceUsd,
    haircutFrac: 1 - kept,
    fundingCostFrac: match[3] === undefined ? FUNDING_COST_FRAC : Number(match[3]) / 100,
    roomUsd: rule?.capUsd ?? null,
  };
}
