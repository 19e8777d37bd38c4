import { type Failure, refuse } from '../../base/failure.ts';
import type { GridLeg, Quoted } from '../../margin/grid/book.ts';
import type { CaseOption } from './derive-cases.ts';

/** The market that Derive's generated portfolio cases stand in; the cases themselves hold positions only. */
type Override = {
  readonly stable?: number;
  readonly spot?: Quoted;
  readonly perpetual?: Quoted;
  readonly forwards?: Readonly<Record<string, Quoted>>;
  /** Volatility by strike, all of expiry {@link OVERRIDDEN_DATE}. */
  readonly vols?: Readonly<Record<number, { readonly vol: number; readonly confidence: number }>>;
};

export type NamedOverride = { readonly position: number; readonly name: string; readonly market: Override };

type Days = { readonly days: number; readonly eth: number; readonly btc: number };

/** Days to expiry (at 8:00) and the forwards' distance from spot. */
const EXPIRIES: Readonly<Record<string, Days>> = {
  '20230104': { days: 3, eth: 0.91345, btc: 12.7883 },
  '20230111': { days: 10, eth: 2.83305, btc: 39.66276 },
  '20230118': { days: 17, eth: 4.7545, btc: 66.56301 },
  '20230227': { days: 57, eth: 15.7696, btc: 220.77451 },
  '20230804': { days: 215, eth: 59.87416, btc: 838.23835 },
  '20230811': { days: 222, eth: 61.85933, btc: 865.90472 },
  '20230818': { days: 229, eth: 63.8284, btc: 893.59763 },
  '20230825': { days: 238, eth: 66.3744, btc: 929.24184 },
};
const OVERRIDDEN_DATE = '20230118';
const VOL = 0.5;
const SETTLEMENT_HOUR_SECONDS = 8 * 3600;

const SPOT = { eth: 2000, btc: 28_000 } as const;
const PERPETUAL = { eth: 2001, btc: 28_020 } as const;

function near(confidence: number): Override['forwards'] & object {
  return { [OVERRIDDEN_DATE]: { price: 2004.75, confidence } };
}
function spot(confidence: number): Quoted {
  return { price: SPOT.eth, confidence };
}
/** The f64 just below 0.4. */
const BELOW_THRESHOLD = 0.39999999999999997;

/** What the portfolio-margin harness changes, by case. */
export const PMRM1_OVERRIDES: readonly NamedOverride[] = [
  { position: 39, name: 'test_depeg_contingency_pm', market: { stable: 0.2 } },
  {
    position: 40,
    name: 'test_oracle_cont_long_call_pm',
    market: { spot: spot(0.1), forwards: near(0.4), vols: { 1700: { vol: VOL, confidence: 0.3 } } },
  },
  {
    position: 41,
    name: 'test_oracle_cont_short_call_pm',
    market: { spot: spot(0.1), forwards: near(0.4), vols: { 1700: { vol: VOL, confidence: 0.1 } } },
  },
  {
    position: 42,
    name: 'test_oracle_cont_base_asset_pm',
    market: { spot: spot(0.1), forwards: near(0.02), vols: { 1700: { vol: 0.01, confidence: 0.1 } } },
  },
  {
    position: 43,
    name: 'test_oracle_cont_long_perp_asset_pm',
    market: {
      spot: spot(0.3),
      forwards: near(0.02),
      vols: { 1700: { vol: VOL, confidence: 0.1 } },
      perpetual: { price: PERPETUAL.eth, confidence: 0.1 },
    },
  },
  {
    position: 44,
    name: 'test_general_portfolio_pm',
    market: {
      spot: { price: 2004, confidence: 0.3 },
      perpetual: { price: 2017, confidence: 0.3 },
      forwards: { '20230227': { price: 2014.7545, confidence: 0.2 } },
      vols: {
        1700: { vol: 0.15, confidence: 0.1 },
        2100: { vol: 1.01, confidence: 0.1 },
        1000: { vol: 0.33, confidence: 0.1 },
      },
    },
  },
];

function standard(position: number, name: string, market: Override): NamedOverride {
  return { position, name, market };
}
function vol2000(confidence: number): Override['vols'] & object {
  return { 2000: { vol: VOL, confidence } };
}

/** What the standard-manager harness changes, by case. */
export const STANDARD_OVERRIDES: readonly NamedOverride[] = [
  standard(20, 'test_USDC_depeg', { stable: 0.1 }),
  standard(33, 'test_short_call_low_vol_conf', { vols: vol2000(0.1) }),
  standard(34, 'test_short_call_low_vol_and_fwd_confidence', {
    vols: vol2000(0.5),
    forwards: near(BELOW_THRESHOLD),
  }),
  standard(35, 'test_short_call_low_spot_vol_fwd_confidence', {
    vols: vol2000(0.5),
    forwards: near(0.4),
    spot: spot(0.2),
  }),
  standard(36, 'test_long_call_low_spot_vol_fwd_confidence', {
    vols: vol2000(0.5),
    forwards: near(0.4),
    spot: spot(0.2),
  }),
  standard(37, 'test_short_options_two_expiries_low_conf_one_expiry', {
    vols: vol2000(0.3),
    forwards: near(0.4),
    spot: spot(0.9),
  }),
  standard(38, 'test_long_eth_perp_low_perp_confidence', {
    perpetual: { price: PERPETUAL.eth, confidence: 0.1 },
  }),
  standard(39, 'test_base_asset_low_spot_confidence', { spot: spot(0.1) }),
  standard(41, 'test_long_perp_and_USDC_depeg', { stable: 0.1 }),
  standard(42, 'test_general_portfolio', {
    stable: 0.97,
    vols: vol2000(0.5),
    forwards: near(BELOW_THRESHOLD),
    spot: spot(0.2),
  }),
];

/** The override of a case: by its name where the file uses the known names, else by its position from 1. */
export function overrideOf(
  overrides: readonly NamedOverride[],
  names: readonly string[],
  position: number,
): Override {
  const known = new Set(overrides.map(({ name }) => name));
  const byName = names.some((name) => known.has(name));
  const found = overrides.find((entry) =>
    byName ? entry.name === names[position - 1] : entry.position === position,
  );
  return found?.market ?? {};
}

export type CaseUnderlying = 'eth' | 'btc';

export type CaseExpiry = {
  readonly seconds: number;
  readonly forward: Quoted;
  readonly volConfidence: number;
  readonly legs: readonly GridLeg[];
};

export type CaseMarket = {
  readonly stable: number;
  readonly spot: Quoted;
  readonly perpetual: Quoted;
};

/** Prices of an underlying; overrides concern ETH alone, but for the stable coin. */
export function caseMarket(underlying: CaseUnderlying, override: Override): CaseMarket {
  const own = underlying === 'eth' ? override : {};
  return {
    stable: override.stable ?? 1,
    spot: own.spot ?? { price: SPOT[underlying], confidence: 1 },
    perpetual: own.perpetual ?? { price: PERPETUAL[underlying], confidence: 1 },
  };
}

/**
 * Groups the options of one underlying by expiry, in order of appearance. A leg whose vol is not overridden sets its
 * expiry's vol confidence back to 1, as the harness does. Refuses SHAPE_INVALID for a date that the harness has not.
 */
export function caseExpiries(
  options: readonly CaseOption[],
  underlying: CaseUnderlying,
  override: Override,
): readonly CaseExpiry[] | Failure {
  const own = underlying === 'eth' ? override : {};
  const dates = [...new Set(options.map(({ date }) => date))];
  const expiries: CaseExpiry[] = [];
  for (const date of dates) {
    const known = EXPIRIES[date];
    if (known === undefined) {
      const expected = Object.keys(EXPIRIES).join(', ');
      return refuse('SHAPE_INVALID', { field: 'options.expiry', value: date, expected });
    }
    const vols = (date === OVERRIDDEN_DATE ? own.vols : undefined) ?? {};
    let volConfidence = Math.min(1, ...Object.values(vols).map(({ confidence }) => confidence));
    const legs: GridLeg[] = [];
    for (const option of options) {
      if (option.date !== date) continue;
      const set = vols[option.strike];
      if (set === undefined) volConfidence = 1;
      legs.push({ strike: option.strike, right: option.right, amount: option.amount, vol: set?.vol ?? VOL });
    }
    expiries.push({
      seconds: known.days * 86_400 + SETTLEMENT_HOUR_SECONDS,
      forward: own.forwards?.[date] ?? { price: SPOT[underlying] + known[underlying], confidence: 1 },
      volConfidence,
      legs,
    });
  }
  return expiries;
}
