import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { priceBlack76 } from '../../pricer/black76.ts';
import { DERIVE_AUCTION_SUITE } from './derive-auction.ts';
import { DERIVE_PMRM1_SUITE } from './derive-pmrm1.ts';
import { DERIVE_PMRM2_SUITE } from './derive-pmrm2.ts';
import { DERIVE_SRM_SUITE } from './derive-srm.ts';
import { SPAN_SUITE } from './span.ts';
import type { ConformCase, ConformFile, ConformSuite } from './suite.ts';

const VECTORS = join(
  process.env['PLIMSOLL_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared'),
  'vectors',
);
const PORTFOLIOS = join(VECTORS, 'derive-pmrm2');
const SPAN_FILE = join(VECTORS, 'quant', 'span.json');

function runOn(suite: ConformSuite, files: readonly ConformFile[]): readonly ConformCase[] {
  return [...suite.run({ files, sibling: () => null })];
}

function runJson(suite: ConformSuite, json: unknown): readonly ConformCase[] {
  return runOn(suite, [{ name: 'cases.json', text: typeof json === 'string' ? json : JSON.stringify(json) }]);
}

const bad = (cases: readonly ConformCase[]): readonly ConformCase[] =>
  cases.filter((c) => c.status === 'failed');
const fields = (cases: readonly ConformCase[]): readonly string[] =>
  cases.map((c) => `${c.field} ${c.status}`);

/** 18-decimal fixed point of a decimal, as text. */
function fix(value: number): string {
  return `${BigInt(Math.round(value * 1e9))}${'0'.repeat(9)}`;
}

describe('published files beside the project (skipped where they are absent)', () => {
  it.skipIf(!existsSync(PORTFOLIOS))(
    'has every PMRM_2 portfolio right, but for the scenario that upstream forbids',
    () => {
      const names = readdirSync(PORTFOLIOS).sort();
      const files = names.map((name) => ({ name, text: readFileSync(join(PORTFOLIOS, name), 'utf8') }));
      const cases = runOn(DERIVE_PMRM2_SUITE, files);
      expect(bad(cases)).toEqual([]);
      const skipped = cases.filter((c) => c.status === 'skipped');
      expect(skipped.map((c) => c.name)).toEqual(['test_67_misc_skew_scenario_with_spot_move']);
      expect(cases.length).toBeGreaterThan(4000);
    },
  );

  it.skipIf(!existsSync(SPAN_FILE))('has every SPAN and TIMS case right', () => {
    const cases = runOn(SPAN_SUITE, [{ name: 'span.json', text: readFileSync(SPAN_FILE, 'utf8') }]);
    expect(cases.filter((c) => c.status !== 'passed')).toEqual([]);
    expect(cases.length).toBeGreaterThan(1000);
  });
});

/** One perpetual and one unit of base: worst −15 % costs 600, contingencies 80, both before the factor 1.3. */
const SCENARIO = {
  Cash: fix(1000),
  Perps: fix(1),
  Base: fix(1),
  SpotPrice: fix(2000),
  SpotConfidence: fix(1),
  PerpPrice: fix(2000),
  PerpConfidence: fix(1),
  StablePrice: fix(1),
  UnrealisedPerpPNL: '0',
  UnrealisedFunding: null,
};
const NO_OPTIONS = {
  FeedExpiries: [],
  OptionExpiries: [],
  OptionStrikes: [],
  OptionIsCall: [],
  OptionAmounts: [],
};
const RESULT = {
  InitialMarginHand: fix(3000 - 680 * 1.3),
  MaintenanceMarginCalc: fix(3000 - 680),
  PortfolioMTM: fix(3000),
  MinSpan: [['-150000000000000000', '0'], fix(-600)],
  PerpContingency: fix(-40),
  BaseContingency: fix(40),
};

describe('cases of the first portfolio margin', () => {
  it('are read from arrays of fixed point, as text, as long numbers and as floats', () => {
    const one = { Test1: { Scenario: { ...SCENARIO, ...NO_OPTIONS }, Result: RESULT } };
    const cases = runJson(DERIVE_PMRM1_SUITE, one);
    expect(bad(cases)).toEqual([]);
    expect(cases.map((c) => c.field)).toContain('MinSpan');
    const numbers = JSON.stringify(one).replace(/"(-?\d+)"/g, '$1');
    expect(bad(runJson(DERIVE_PMRM1_SUITE, numbers))).toEqual([]);
    const floats = numbers.replace(
      /(-?\d)(\d{17,})(?!\d)/g,
      (_, d: string, rest: string) => `${d}.${rest}e+${rest.length}`,
    );
    expect(floats).toContain('e+');
    expect(bad(runJson(DERIVE_PMRM1_SUITE, floats))).toEqual([]);
    expect(bad(runJson(DERIVE_PMRM1_SUITE, [one.Test1]))).toEqual([]);
  });

  it('fail where a number is off, and are skipped where none is published', () => {
    const off = { ...RESULT, PortfolioMTM: fix(3000.00000001) };
    const json = { A: { Scenario: { ...SCENARIO, ...NO_OPTIONS }, Result: off }, B: { Scenario: SCENARIO } };
    const cases = runJson(DERIVE_PMRM1_SUITE, json);
    expect(bad(cases).map((c) => c.field)).toEqual(['PortfolioMTM']);
    expect(cases.at(-1)!.status).toBe('skipped');
  });

  it('mark options on the forward as given', () => {
    const seconds = 864_000;
    const at = { right: 'call', strike: 2100, tauYears: seconds / 31_536_000, rate: 0 } as const;
    const mark = 2 * priceBlack76({ ...at, forward: 2050, vol: 0.6 });
    const scenario = {
      ...SCENARIO,
      Perps: 0,
      Base: 0,
      FeedExpiries: [seconds],
      ForwardsFixed: [fix(50)],
      ForwardsVariable: [fix(2000)],
      ForwardConfidences: [fix(1)],
      Rates: [fix(0.05)],
      RateConfidences: [fix(1)],
      OptionExpiries: [seconds],
      OptionStrikes: [fix(2100)],
      OptionIsCall: [1],
      OptionAmounts: [fix(2)],
      OptionVols: [fix(0.6)],
      OptionVolConfidences: [fix(0.3)],
    };
    const result = { PortfolioMTM: fix(1000 + mark), OracleContingency: fix(-0.7 * 0.5 * 2 * 2000) };
    expect(bad(runJson(DERIVE_PMRM1_SUITE, { T: { Scenario: scenario, Result: result } }))).toEqual([]);
  });

  it('are read from generated portfolios, in whole dollars, under results or result', () => {
    const of = (scale: number, key: string): unknown => ({
      options: [],
      perps: [{ underlying: 'eth', amount: scale, entryPrice: 2001 * scale }],
      bases: [{ underlying: 'eth', amount: scale }],
      cash: 1000 * scale,
      [key]: { im: 2089, mm: 2299 },
    });
    // Worst −15 %: 300.15 + 300; contingencies 2.5 % of 4,000.
    for (const json of [{ a: of(1e8, 'results') }, { a: of(1e8, 'result') }, [of(1e8, 'results')]]) {
      const cases = runJson(DERIVE_PMRM1_SUITE, json);
      expect(fields(cases)).toEqual(['im passed', 'mm passed']);
    }
    const half = { ...(of(1e8, 'results') as object), perps: [{ amount: 0.5, entryPrice: 2001 }] };
    expect(runJson(DERIVE_PMRM1_SUITE, { half }).map((c) => c.actual)).not.toContain(Number.NaN);
  });

  it('stand in the market that the harness sets for them, by name or by position', () => {
    const depeg = { options: [], perps: [], bases: [{ amount: 1e8 }], cash: 0, results: { im: 0, mm: 0 } };
    const named = runJson(DERIVE_PMRM1_SUITE, { test_depeg_contingency_pm: depeg });
    // Base at a stable price of 0.2 is worth 10,000; worst −1,500, and 50 of contingency.
    expect(named.map((c) => c.actual)).toEqual([10_000 - 1550 * (1.3 + 0.78 * 2), 10_000 - 1550]);
    const position = runJson(
      DERIVE_PMRM1_SUITE,
      Array.from({ length: 39 }, () => depeg),
    );
    expect(position.at(-1)!.actual).toBe(8450);
    expect(position.at(-3)!.actual).toBe(2000 - 350);
  });

  it('come from a folder with files of both forms', () => {
    const arrays = JSON.stringify({ Test1: { Scenario: { ...SCENARIO, ...NO_OPTIONS }, Result: RESULT } });
    const generated = JSON.stringify({ a: { options: [], cash: 5e8, results: { im: 5, mm: 5 } } });
    const files = [
      { name: 'arrays.json', text: arrays },
      { name: 'generated.json', text: generated },
      { name: 'notes.md', text: '# not a case' },
    ];
    const cases = runOn(DERIVE_PMRM1_SUITE, files);
    expect(bad(cases)).toEqual([]);
    expect(cases.some((c) => c.field === 'im')).toBe(true);
    expect(cases.some((c) => c.field === 'MinSpan')).toBe(true);
  });
});

describe('cases of the standard manager', () => {
  const scenario = {
    Cash: fix(1000),
    ETHSpotPrice: fix(2000),
    BTCSpotPrice: null,
    PerpPrice: [fix(2001), fix(28_000)],
    SpotPerpConfidences: [
      [fix(1), 1],
      [1, 1],
    ],
    USDCValue: fix(1),
    Perps_ETH: fix(2),
    Perps_BTC: 0,
    LastEntryETH: fix(1901),
    AccountETHFundingIndex: fix(3),
    ETHFundingIndex: fix(1),
    wETH: fix(1),
    wBTC: null,
    OptionUnderlying: [],
  };

  it('are read from arrays of fixed point', () => {
    // P&L 200 and funding −2 · (1 − 3) = 4; a tenth of the base counts.
    const mm = 1000 + 204 - 2 * 2001 * 0.05 + 200;
    const expected = { realIM: fix(mm - 2 * 2001 * 0.015), realMM: fix(mm), PortfolioMtM: fix(3204) };
    expect(bad(runJson(DERIVE_SRM_SUITE, { Test1: { Scenario: scenario, Result: expected } }))).toEqual([]);
  });

  it('price an option on its own feed, and near expiry on the settlement price', () => {
    const options = {
      ...scenario,
      Perps_ETH: 0,
      wETH: 0,
      OptionUnderlying: ['BTC', 'ETH'],
      FeedExpiries: [1800, 1800],
      Forwards: [fix(1), fix(2)],
      ForwardConfidences: [fix(1), fix(1)],
      SettlementPriceBTC: fix(28_000),
      SettlementPriceETH: fix(2500),
      BTCSpotPrice: fix(28_000),
      OptionExpiries: [1800, 1800],
      OptionStrikes: [fix(20_000), fix(1000)],
      OptionIsCall: [1, 1],
      OptionAmounts: [fix(1), fix(1)],
      OptionVols: [fix(0.5), fix(0.5)],
      OptionVolConfidences: [fix(1), fix(1)],
    };
    const expected = { PortfolioMtM: fix(1000 + 8000 + 1500), realIM: fix(1000) };
    expect(bad(runJson(DERIVE_SRM_SUITE, { T: { Scenario: options, Result: expected } }))).toEqual([]);
    const missing = runJson(DERIVE_SRM_SUITE, {
      T: { Scenario: { ...options, FeedExpiries: [1, 2] }, Result: expected },
    });
    expect(bad(missing)[0]!.reason).toContain('PRICE_MISSING');
  });

  it('are read from generated portfolios, where 880 is 880', () => {
    const base = {
      options: [],
      perps: [],
      bases: [{ underlying: 'eth', amount: 1e8 }],
      cash: 0,
      result: { im: 880, mm: 1600 },
    };
    const cases = runJson(DERIVE_SRM_SUITE, { test_base_asset_low_spot_confidence: base });
    expect(fields(cases)).toEqual(['im passed', 'mm passed']);
    const spread = {
      options: [
        { underlying: 'btc', type: 'call', expiry: '20230118', strike: 28_000, amount: -1e8 },
        { underlying: 'btc', type: 'call', expiry: '20230118', strike: 29_000, amount: 1e8 },
      ],
      perps: [],
      bases: [],
      cash: 5000e8,
      results: { im: 4000, mm: 4000 },
    };
    expect(bad(runJson(DERIVE_SRM_SUITE, { spread }))).toEqual([]);
    const wrong = { ...spread, results: { im: 3998, mm: 4001 } };
    expect(bad(runJson(DERIVE_SRM_SUITE, { wrong }))).toHaveLength(2);
    const unknown = { ...spread, options: [{ ...spread.options[0], expiry: '19990101' }] };
    expect(bad(runJson(DERIVE_SRM_SUITE, { unknown }))).toHaveLength(1);
  });
});

describe('simulations of the auction', () => {
  /** One unit of base against 1,900 of debt, in two bids; the numbers worked here, step by step. */
  function simulation(): unknown {
    const feeds = { StablePrice: fix(1), SpotPrice: fix(2000), SpotConfidence: fix(1), FeedExpiries: [] };
    const margins = (unsold: number, cash: number): { mtm: number; mm: number; bm: number } => {
      const mtm = 2000 * unsold + cash;
      const mm = mtm - 340 * unsold;
      return { mtm, mm, bm: mm + 0.2 * (mm - mtm) };
    };
    const largest = (m: { mtm: number; bm: number }, d: number, reserved: number): number =>
      m.bm >= 0 ? 0 : m.bm / (m.bm - m.mtm * d - reserved * (1 - d));
    const start = margins(1, -1900);
    const fee = largest(start, 1, 0) * start.mtm * 0.02;
    let [unsold, cash, reserved] = [1, -1900 - fee, 0];
    const exact = (value: number): string => `${BigInt(Math.round(value * 1e12))}${'0'.repeat(6)}`;
    const actions = [
      { seconds: 50, wanted: 0.1 },
      { seconds: 7300, wanted: 1 },
    ].map(({ seconds, wanted }) => {
      const d = seconds < 100 ? 0.98 - 0.18 * (seconds / 100) : 0.8 * (1 - (seconds - 100) / 14_400);
      const pre = margins(unsold, cash);
      const share = Math.min(wanted, largest(pre, d, reserved));
      const price = (pre.mtm - reserved) * d * share;
      const results = { PreMtM: pre.mtm, PreMM: pre.mm, PreBM: pre.bm, PreFMax: largest(pre, d, reserved) };
      const received = share * unsold;
      cash = cash - (cash - reserved) * share + price;
      reserved += price;
      unsold *= 1 - share;
      const post = margins(unsold, cash);
      const after = {
        PostMtM: post.mtm,
        PostMM: post.mm,
        PostBM: post.bm,
        PostFMax: largest(post, d, reserved),
      };
      const bid = {
        ExpectedBidPrice: price,
        fLiquidatedOfOriginal: share,
        FinalPercentageReceived: received,
      };
      return {
        Time: 1_700_000_000 + seconds,
        PortfolioAndFeeds: feeds,
        Liquidator: { PercentWant: fix(wanted) },
        Results: Object.fromEntries(
          Object.entries({ ...results, ...bid, ...after }).map(([k, v]) => [k, exact(v)]),
        ),
      };
    });
    return {
      StartTime: 1_700_000_000,
      IsForce: false,
      LiquidationFee: exact(fee),
      ActionCount: 2,
      InitialPortfolio: { ...feeds, Cash: fix(-1900), Perps: 0, Base: fix(1) },
      Actions: actions,
    };
  }

  it('agree bid by bid', () => {
    const cases = runJson(DERIVE_AUCTION_SUITE, { Test1: simulation() });
    expect(bad(cases)).toEqual([]);
    expect(cases).toHaveLength(1 + 2 * 11);
  });

  it('that are insolvent are skipped, as upstream does', () => {
    const cases = runJson(DERIVE_AUCTION_SUITE, { InsolventTest1: simulation() });
    expect(cases.map((c) => c.status)).toEqual(['skipped']);
  });
});

describe('portfolios of the current portfolio margin', () => {
  it('are compared whether a margin is a number or its text', () => {
    const portfolio = (margin: unknown): unknown => ({
      Scenario: {
        Cash: 1000,
        StablePrice: 1,
        SpotPrice: 2000,
        SpotConfidence: 1,
        Options: [],
        OptionFeeds: [],
      },
      Parameters: { Scenarios: [{ SpotShock: 1, VolShockDirection: 'None', DampeningFactor: 1 }] },
      Result: { IM: margin },
    });
    for (const margin of [1000, '1000.0']) {
      expect(fields(runJson(DERIVE_PMRM2_SUITE, portfolio(margin)))).toEqual(['IM passed']);
    }
    expect(fields(runJson(DERIVE_PMRM2_SUITE, portfolio('1000.1')))).toEqual(['IM failed']);
  });
});

describe('a case', () => {
  it('is found at any depth, under its own name, its key or its position', () => {
    const value = { options: [], cash: 5e8, results: { im: 5, mm: 5 } };
    const names = (json: unknown): readonly string[] => [
      ...new Set(runJson(DERIVE_PMRM1_SUITE, json).map((c) => `${c.name} ${c.status}`)),
    ];
    expect(names(value)).toEqual(['cases passed']);
    expect(names({ header: { title: 'x' }, tests: { a: value, b: value } })).toEqual([
      'a passed',
      'b passed',
    ]);
    expect(names({ tests: [value, { ...value, name: 'own' }] })).toEqual(['case 1 passed', 'own passed']);
  });
});

describe('what is not a case', () => {
  it.each([DERIVE_PMRM1_SUITE, DERIVE_PMRM2_SUITE, DERIVE_SRM_SUITE, DERIVE_AUCTION_SUITE, SPAN_SUITE])(
    'fails in $id and never throws',
    (suite) => {
      for (const text of [
        '',
        '{',
        '[]',
        '{}',
        '{"a":{}}',
        '{"a":{"Scenario":{}, "Result":{"IM":1}}}',
        'null',
        '[1,"x",{}]',
      ]) {
        const cases = runOn(suite, [{ name: 'x.json', text }]);
        expect(bad(cases).length).toBeGreaterThan(0);
      }
      expect(bad(runOn(suite, [])).length).toBeGreaterThan(0);
    },
  );
});
