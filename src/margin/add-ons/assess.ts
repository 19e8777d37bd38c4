import type { AddOn, AddOnInput } from './add-on.ts';
import { splitByWeight } from './add-on.ts';
import { chargeLinkedAccounts, chargeLiquidity } from './liquidity.ts';
import { chargeShortOptionMinimum } from './minimums.ts';
import { chargeBasis, chargeVega } from './term-structure.ts';
import { chargeDepeg, chargeOracle, chargeWrongWay } from './trust.ts';

/** Every add-on of one book, in the order of the report (ADDON-001 … ADDON-009). USD ≥ 0 each. */
export function assessAddOns(input: AddOnInput): AddOn[] {
  return [
    chargeLiquidity(input),
    chargeBasis(input),
    chargeVega(input),
    chargeShortOptionMinimum(input),
    chargeWrongWay(input),
    chargeDepeg(input),
    chargeOracle(input),
    chargeModel(input),
    chargeLinkedAccounts(input),
  ];
}

/** Model multiplier (ADDON-008): the account group's own backtest raises its scenario requirement by 0 to 33 %. */
function chargeModel(input: AddOnInput): AddOn {
  const usd = (input.parameters.modelMultiplier - 1) * input.coreUsd;
  const weights = Float64Array.from(input.book.pooled, (p) => p.notionalUsd);
  return {
    id: 'model-multiplier',
    about: "outcome of the group's own backtest",
    usd: input.book.pooled.length === 0 ? 0 : usd,
    byPosition: splitByWeight(usd, weights),
    byAsset: new Map(),
  };
}
