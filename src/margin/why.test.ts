import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { combineMarkets } from '../pricer/combine.ts';
import { assess } from './assess.ts';
import type { MarginReport } from './report.ts';
import { buildRiskModel } from './risk-model.ts';
import {
  inputOf,
  makeAccount,
  makeMarket,
  MARKET,
  NEAR_MS,
  PLAIN,
  PRODUCTS,
  SETS,
} from './universe.fixture.ts';
import { type Moment, explainChange, type Why, WHY_PARTS } from './why.ts';

const EARLIER: Moment = {
  account: makeAccount([
    ['BTC-C', -6],
    ['ETH-P', 40],
  ]),
  linked: [],
  market: MARKET,
  methodology: PLAIN,
  sets: SETS,
};

const underlyings = [...MARKET.underlyings.values()].map((u) => ({
  ...u,
  forwards: u.forwards.map((f) => ({ ...f, forward: 0.93 * f.forward })),
  surface:
    u.surface === null
      ? null
      : {
          smiles: u.surface.smiles.map((s) =>
            s.kind === 'grid' ? { ...s, vols: s.vols.map((v) => 1.2 * v) } : s,
          ),
        },
}));
const assets = ['BTC', 'ETH'].map((id) => {
  const quote = MARKET.assets.get(id)!;
  const value = 0.93 * quote.index.value;
  return { ...quote, index: { ...quote.index, value }, averageValue: value };
});

const LATER: Moment = {
  account: makeAccount(
    [
      ['BTC-C', -6],
      ['ETH-P', 25],
      ['BTC-P', 1],
    ],
    { USDC: 800_000, BTC: 1 },
  ),
  linked: [makeAccount([['BTC-P', 20]], {}, { id: 'b' })],
  market: makeMarket({ timeMs: MARKET.timeMs + 2 * 86_400_000, underlyings, assets }),
  methodology: {
    ...PLAIN,
    version: '2',
    maintenanceFrac: 0.7,
    horizonDays: 1,
    addOns: { ...PLAIN.addOns, modelMultiplier: 1.1 },
  },
  sets: new Map([...SETS].map(([id, set]) => [id, { ...set, shocks: set.shocks.map((x) => 0.9 * x) }])),
};

function assessAt(moment: Moment): MarginReport {
  const risk = buildRiskModel(moment.sets, moment.market, PRODUCTS);
  if (isFailure(risk)) throw new Error(JSON.stringify(risk));
  const { account, linked, market, methodology } = moment;
  const report = assess('unified', { ...inputOf(account), linked, market, methodology, risk });
  if (isFailure(report)) throw new Error(JSON.stringify(report));
  return report;
}

function explain(earlier: Moment, later: Moment): Why {
  const why = explainChange(earlier, later, assessAt);
  if (isFailure(why)) throw new Error(JSON.stringify(why));
  return why;
}

describe('why a requirement changed (WHY-001)', () => {
  it('is split into parts that sum to the change, in their order', () => {
    const why = explain(EARLIER, LATER);
    expect(why.lines.map((line) => line.part)).toEqual([...WHY_PARTS]);
    expect([why.before, why.after]).toEqual([assessAt(EARLIER), assessAt(LATER)]);
    for (const key of ['equityUsd', 'initialUsd', 'maintenanceUsd', 'initialHeadroomUsd'] as const) {
      const sum = why.lines.reduce((total, line) => total + line[key], 0);
      expect(sum, key).toBeCloseTo(why.after[key] - why.before[key], 5);
    }
    for (const line of why.lines)
      expect(Math.abs(line.initialUsd) + Math.abs(line.equityUsd), line.part).toBeGreaterThan(0);
  });

  it('blames nothing where nothing changed, and only what did', () => {
    for (const line of explain(EARLIER, EARLIER).lines)
      expect([line.equityUsd, line.initialUsd]).toEqual([0, 0]);
    const account = { ...EARLIER.account, balances: new Map([['USDC', 500_000_000_000n]]) };
    const moved = explain(EARLIER, { ...EARLIER, account }).lines.filter((line) => line.equityUsd !== 0);
    expect(moved.map((line) => line.part)).toEqual(['collateral']);
  });
});

describe('a market of two moments (WHY-002, PRICE-012)', () => {
  it('takes prices from one, volatilities from another, and keeps an option’s difference to its model', () => {
    const mark = { value: 2_000, ageMs: 0, confidence: 1, degraded: false };
    const quoted = makeMarket({ quotes: [['BTC-C', { mark, fundingRate: null }]] });
    const mixed = combineMarkets({
      listing: LATER.market,
      time: LATER.market,
      prices: quoted,
      vols: LATER.market,
    });
    if (isFailure(mixed)) throw new Error(JSON.stringify(mixed));
    expect(mixed.timeMs).toBe(LATER.market.timeMs);
    expect(mixed.assets.get('BTC')!.index.value).toBe(100_000);
    expect(mixed.underlyings.get('BTC')!.surface).toBe(LATER.market.underlyings.get('BTC')!.surface);
    expect(mixed.quotes.get('BTC-C')!.mark.value).toBeGreaterThan(2_000);
    const same = combineMarkets({ listing: quoted, time: quoted, prices: quoted, vols: quoted });
    expect(isFailure(same) ? same : same.quotes.get('BTC-C')!.mark.value).toBe(2_000);
  });

  it('has no mark for what expired at its time', () => {
    const mark = { value: 2_000, ageMs: 0, confidence: 1, degraded: false };
    const quoted = makeMarket({ quotes: [['BTC-C', { mark, fundingRate: null }]] });
    const time = { ...quoted, timeMs: NEAR_MS + 1 };
    const mixed = combineMarkets({ listing: quoted, time, prices: quoted, vols: quoted });
    expect(isFailure(mixed) ? mixed : mixed.quotes.has('BTC-C')).toBe(false);
  });
});
