import { type Failure, refuse } from '../../base/failure.ts';
import { spanArray, type SpanArray } from './array.ts';
import { type SpanLeg, type SpanParameters, type SpanScenario, spanScenarios } from './model.ts';

/** SPAN requirement of one combined commodity, with every number on the way. Losses and charges are positive. */
export type SpanResult = {
  readonly arrays: readonly SpanArray[];
  readonly scenarioLosses: readonly number[];
  /** Number of the scenario with the largest loss; among equals the lowest. */
  readonly activeScenario: number;
  readonly scanRisk: number;
  readonly compositeDeltaByMonth: ReadonlyMap<string, number>;
  readonly netCompositeDelta: number;
  readonly spreads: number;
  readonly spreadCharge: number;
  readonly shortOptionMinimum: number;
  /** Mean loss of the active scenario and its pair. */
  readonly volatilityAdjustedLoss: number;
  /** Mean loss of scenarios 1 and 2. */
  readonly timeRisk: number;
  readonly priceRisk: number;
  /** Price risk per unit of net delta; 0 where there is none. */
  readonly weightedPriceRisk: number;
  readonly risk: number;
  readonly netOptionValue: number;
  /** Where premiums are paid up front, and where they are not. */
  readonly requirementPremiumStyle: number;
  readonly requirementFuturesStyle: number;
};

/**
 * Assesses one combined commodity (METHOD-060). Refuses PRICE_MISSING for a month without a futures price, NUMBER_OUT_OF_RANGE and
 * NUMBER_NOT_FINITE for its numbers. Source: CME, components of SPAN.
 */
export function assessSpan(legs: readonly SpanLeg[], parameters: SpanParameters): SpanResult | Failure {
  const failure = judgeSpan(legs, parameters);
  if (failure !== null) return failure;
  const scenarios = spanScenarios(parameters.extreme);
  const arrays = legs.map((leg) =>
    spanArray(leg, { price: parameters.futuresPrice.get(leg.month)!, parameters }, scenarios),
  );
  const scenarioLosses = scenarios.map((_, s) => {
    let loss = 0;
    for (const [i, leg] of legs.entries()) loss += leg.quantity * arrays[i]!.losses[s]!;
    return loss;
  });
  const scan = scanOf(scenarioLosses, scenarios);
  const deltas = deltasOf(legs, arrays, parameters);
  let netOptionValue = 0;
  let shorts = 0;
  for (const [i, leg] of legs.entries()) {
    if (leg.kind === 'future') continue;
    netOptionValue += leg.quantity * leg.multiplier * arrays[i]!.baseValue;
    shorts += Math.max(0, -leg.quantity);
  }
  const shortOptionMinimum = shorts * parameters.shortOptionMinimum;
  const risk = Math.max(scan.scanRisk + deltas.spreadCharge, shortOptionMinimum);
  const net = deltas.netCompositeDelta;
  return {
    arrays,
    scenarioLosses,
    ...scan,
    ...deltas,
    shortOptionMinimum,
    weightedPriceRisk: net === 0 ? 0 : scan.priceRisk / Math.abs(net),
    risk,
    netOptionValue,
    requirementPremiumStyle: Math.max(0, risk - netOptionValue),
    requirementFuturesStyle: risk,
  };
}

function judgeSpan(legs: readonly SpanLeg[], parameters: SpanParameters): Failure | null {
  const numbers: (readonly [field: string, value: number, least: number])[] = [
    ['priceScanRange', parameters.priceScanRange, 0],
    ['volScanRange', parameters.volScanRange, 0],
    ['extreme.multiple', parameters.extreme.multiple, 0],
    ['extreme.cover', parameters.extreme.cover, 0],
    ['lookaheadYears', parameters.lookaheadYears, 0],
    ['rate', parameters.rate, -Infinity],
    ['spreadCharge', parameters.spreadCharge, 0],
    ['shortOptionMinimum', parameters.shortOptionMinimum, 0],
  ];
  for (const [i, leg] of legs.entries()) {
    const price = parameters.futuresPrice.get(leg.month);
    if (price === undefined) {
      const expected = 'a month with a futures price';
      return refuse('PRICE_MISSING', { field: `legs[${i}].month`, value: leg.month, expected });
    }
    numbers.push([`futuresPrice.${leg.month}`, price, -Infinity]);
    numbers.push(
      [`legs[${i}].quantity`, leg.quantity, -Infinity],
      [`legs[${i}].multiplier`, leg.multiplier, 0],
    );
    if (leg.kind === 'option') {
      numbers.push([`legs[${i}].strike`, leg.strike, 0], [`legs[${i}].vol`, leg.vol, 0]);
      numbers.push([`legs[${i}].tauYears`, leg.tauYears, 0]);
    }
  }
  for (const [field, value, least] of numbers) {
    if (!Number.isFinite(value))
      return refuse('NUMBER_NOT_FINITE', { field, value, expected: 'a finite number' });
    if (value < least) return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected: `at least ${least}` });
  }
  return null;
}

type Scan = Pick<
  SpanResult,
  'activeScenario' | 'scanRisk' | 'volatilityAdjustedLoss' | 'timeRisk' | 'priceRisk'
>;

function scanOf(losses: readonly number[], scenarios: readonly SpanScenario[]): Scan {
  let active = 0;
  for (const [s, loss] of losses.entries()) if (loss > losses[active]!) active = s;
  const pair = scenarios[active]!.paired - 1;
  const volatilityAdjustedLoss = (losses[active]! + losses[pair]!) / 2;
  const timeRisk = (losses[0]! + losses[1]!) / 2;
  return {
    activeScenario: active + 1,
    scanRisk: Math.max(0, losses[active]!),
    volatilityAdjustedLoss,
    timeRisk,
    priceRisk: volatilityAdjustedLoss - timeRisk,
  };
}

type Deltas = Pick<SpanResult, 'compositeDeltaByMonth' | 'netCompositeDelta' | 'spreads' | 'spreadCharge'>;

function deltasOf(
  legs: readonly SpanLeg[],
  arrays: readonly SpanArray[],
  parameters: SpanParameters,
): Deltas {
  const byMonth = new Map<string, number>();
  for (const [i, { month, quantity }] of legs.entries()) {
    byMonth.set(month, (byMonth.get(month) ?? 0) + quantity * arrays[i]!.compositeDelta);
  }
  let long = 0;
  let short = 0;
  for (const delta of byMonth.values()) {
    if (delta > 0) long += delta;
    else short -= delta;
  }
  const spreads = Math.min(long, short);
  return {
    compositeDeltaByMonth: byMonth,
    netCompositeDelta: long - short,
    spreads,
    spreadCharge: spreads * parameters.spreadCharge,
  };
}

export type InterCommodityResult = {
  /** Spreads of the stated ratio that opposite net deltas form. */
  readonly spreads: number;
  readonly credits: readonly [number, number];
  /** Risk of each commodity after its credit. */
  readonly risks: readonly [number, number];
  readonly totalRisk: number;
};

/**
 * Credit between two commodities whose net deltas point opposite ways: rate · weighted price risk · spreads · ratio, for
 * each. No errors. Source: CME, components of SPAN.
 */
export function assessInterCommodity(
  pair: readonly [SpanResult, SpanResult],
  spread: { readonly deltaRatio: readonly [number, number]; readonly creditRate: number },
): InterCommodityResult {
  const [first, second] = pair;
  const opposite = first.netCompositeDelta * second.netCompositeDelta < 0;
  const [ratioFirst, ratioSecond] = spread.deltaRatio;
  const spreads = opposite
    ? Math.min(
        Math.abs(first.netCompositeDelta) / ratioFirst,
        Math.abs(second.netCompositeDelta) / ratioSecond,
      )
    : 0;
  const credit = (of: SpanResult, ratio: number): number =>
    spread.creditRate * of.weightedPriceRisk * spreads * ratio;
  const credits = [credit(first, ratioFirst), credit(second, ratioSecond)] as const;
  const left = (of: SpanResult, granted: number): number =>
    Math.max(of.scanRisk + of.spreadCharge - granted, of.shortOptionMinimum);
  const risks = [left(first, credits[0]), left(second, credits[1])] as const;
  return { spreads, credits, risks, totalRisk: risks[0] + risks[1] };
}
