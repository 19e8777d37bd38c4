import type { Failure } from '../../base/failure.ts';
import { isFailure } from '../../base/failure.ts';
import { type GridBook, type GridExpiry, type GridLeg, splitForward } from '../../margin/grid/book.ts';
import type { GridModel } from '../../margin/grid/model.ts';
import { DERIVE_PMRM1, DERIVE_PMRM1_BASE_FRAC } from '../../margin/grid/presets.ts';
import type { CasePortfolio } from './derive-cases.ts';
import { caseExpiries, caseMarket, type NamedOverride } from './derive-environment.ts';
import { type Json, listOf } from './json.ts';
import { fixed, fixedConfidence, plain } from './venue-json.ts';

/** Parameters of the generated cases: as {@link DERIVE_PMRM1}, but for these. */
export const GENERATED_CASES_MODEL: GridModel = {
  ...DERIVE_PMRM1,
  staticDiscount: {
    positive: { base: 0.95, rateMultiple: 4, rateAdd: 0.12 },
    negative: null,
    fromSeconds: 0,
  },
  perpetual: { maintenance: 0.025, initial: 0 },
  confidence: { threshold: 0.6, charge: 0.4 },
};
const GENERATED_CASES_BASE_FRAC = 0.025;
const GENERATED_CASES_RATE = 0.02;

type BaseHolding = {
  readonly amount: number;
  readonly price: number;
  readonly confidence: number;
  readonly haircutFrac: number;
};

function baseCollateral(base: BaseHolding): GridBook['collaterals'][number] {
  return {
    id: 'base',
    amount: base.amount,
    price: base.price,
    confidence: base.confidence,
    riskCancelling: true,
    initialHaircutFrac: 0,
    maintenanceHaircutFrac: base.haircutFrac,
  };
}

/** A book from parallel arrays of 18-decimal numbers. `nowSeconds` is taken off every expiry. */
export function readArrayBook(scenario: Json, nowSeconds: number): GridBook {
  const at = (...keys: readonly string[]): unknown =>
    keys.map((key) => scenario[key]).find((v) => v !== undefined);
  const spot = { price: fixed(at('SpotPrice')), confidence: fixedConfidence(at('SpotConfidence') ?? 1) };
  const perpetualPrice = at('PerpPrice');
  return {
    cash: fixed(at('Cash')),
    stablePrice: fixed(at('StablePrice')),
    spot,
    perpetuals: [
      {
        quantity: fixed(at('Perps', 'NumPerps', 'PerpPosition')),
        price: perpetualPrice === undefined ? spot.price : fixed(perpetualPrice),
        confidence: fixedConfidence(at('PerpConfidence') ?? 1),
        unrealisedPnl: fixed(at('UnrealisedPerpPNL', 'UnrealizedPerpPNL')),
        unrealisedFunding: fixed(at('UnrealisedFunding', 'UnrealizedFunding')),
        fundingRateHourly: 0,
      },
    ],
    collaterals: [
      baseCollateral({
        ...spot,
        amount: fixed(at('Base', 'BasePosition')),
        haircutFrac: DERIVE_PMRM1_BASE_FRAC,
      }),
    ],
    expiries: readArrayExpiries(scenario, nowSeconds),
  };
}

function readArrayExpiries(scenario: Json, nowSeconds: number): readonly GridExpiry[] {
  const list = (key: string): readonly unknown[] => listOf(scenario[key]);
  const legExpiries = list('OptionExpiries').map(plain);
  const [strikes, rights, amounts] = [list('OptionStrikes'), list('OptionIsCall'), list('OptionAmounts')];
  const [vols, volConfidences] = [list('OptionVols'), list('OptionVolConfidences')];
  const [fixedParts, variableParts, totals] = [
    list('ForwardsFixed'),
    list('ForwardsVariable'),
    list('Forwards'),
  ];
  return list('FeedExpiries').map((feedExpiry, i) => {
    const seconds = Math.max(0, plain(feedExpiry) - nowSeconds);
    const legs: GridLeg[] = [];
    let volConfidence = 1;
    for (const [j, expiry] of legExpiries.entries()) {
      if (expiry !== plain(feedExpiry)) continue;
      const right = plain(rights[j]) === 1 ? 'call' : 'put';
      legs.push({ strike: fixed(strikes[j]), right, amount: fixed(amounts[j]), vol: fixed(vols[j]) });
      // One confidence per expiry: the last leg sets it.
      volConfidence = fixedConfidence(volConfidences[j] ?? 1);
    }
    const forward =
      fixedParts.length > 0 || variableParts.length > 0
        ? { forwardFixed: fixed(fixedParts[i]), forwardVariable: fixed(variableParts[i]) }
        : splitForward(fixed(totals[i]), seconds);
    return {
      seconds,
      ...forward,
      rate: fixed(list('Rates')[i]),
      confidence: {
        forward: fixedConfidence(list('ForwardConfidences')[i] ?? 1),
        rate: fixedConfidence(list('RateConfidences')[i] ?? 1),
        vol: volConfidence,
      },
      futureQuantity: 0,
      legs,
    };
  });
}

/** A generated case in the market of its harness. */
export function toGeneratedBook(
  portfolio: CasePortfolio,
  override: NamedOverride['market'],
): GridBook | Failure {
  const market = caseMarket('eth', override);
  const expiries = caseExpiries(portfolio.options, 'eth', override);
  if (isFailure(expiries)) return expiries;
  let base = 0;
  for (const { amount } of portfolio.bases) base += amount;
  return {
    cash: portfolio.cash,
    stablePrice: market.stable,
    spot: market.spot,
    perpetuals: portfolio.perpetuals.map(({ amount, entryPrice }) => ({
      ...market.perpetual,
      quantity: amount,
      unrealisedPnl: (market.perpetual.price - entryPrice) * amount,
      unrealisedFunding: 0,
      fundingRateHourly: 0,
    })),
    collaterals: [baseCollateral({ ...market.spot, amount: base, haircutFrac: GENERATED_CASES_BASE_FRAC })],
    expiries: expiries.map(({ seconds, forward, volConfidence, legs }) => ({
      seconds,
      forwardFixed: 0,
      forwardVariable: forward.price,
      rate: GENERATED_CASES_RATE,
      confidence: { forward: forward.confidence, rate: 1, vol: volConfidence },
      futureQuantity: 0,
      legs,
    })),
  };
}
