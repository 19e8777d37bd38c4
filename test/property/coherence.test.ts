import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Methodology } from '../../src/margin/methodology.ts';
import { METHOD_IDS, type MethodId } from '../../src/margin/report.ts';
import { type Holding, makeAccount, PLAIN } from '../../src/margin/universe.fixture.ts';
import {
  accounts,
  addOnsOf,
  balances,
  coreOf,
  holdings,
  merge,
  reportOf,
  scale,
  SEED,
  slackOf,
} from './books.ts';

const TAIL: readonly MethodId[] = ['historical', 'filtered', 'monte-carlo'];

const tools = fc.constantFrom<Methodology['antiProcyclicality']>(
  { tool: 'none' },
  { tool: 'buffer', bufferFrac: 0.25 },
  { tool: 'stress-weight', stressFrac: 0.25 },
  { tool: 'stress-floor', stressFrac: 0.4 },
);

describe('a requirement of the whole account', () => {
  it('METHOD-040 is sub-additive: two books in one account need at most what they need apart', () => {
    fc.assert(
      fc.property(accounts, accounts, fc.constantFrom(...TAIL), (a, b, method) => {
        const [one, two, both] = [a, b, merge(a, b)].map((account) => reportOf(method, account));
        if (both!.requirement.components.length === 0) return;
        expect(both!.initialUsd).toBeLessThanOrEqual(one!.initialUsd + two!.initialUsd + slackOf(both!));
      }),
      { seed: SEED, numRuns: 600 },
    );
  });

  it('METHOD-050, METHOD-051 and METHOD-052 are sub-additive before add-ons, whatever the tool', () => {
    fc.assert(
      fc.property(accounts, accounts, tools, (a, b, antiProcyclicality) => {
        const methodology = { ...PLAIN, antiProcyclicality };
        const [one, two, both] = [a, b, merge(a, b)].map((account) =>
          reportOf('unified', account, { methodology }),
        );
        expect(coreOf(both!)).toBeLessThanOrEqual(coreOf(one!) + coreOf(two!) + slackOf(both!));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('scales with the book: λ times everything needs λ times as much', () => {
    const methods: readonly MethodId[] = [
      ...TAIL,
      'unified',
      'standard',
      'grid',
      'derive-pmrm2',
      'okx-major',
    ];
    fc.assert(
      fc.property(accounts, fc.bigInt({ min: 2n, max: 9n }), fc.constantFrom(...methods), (a, by, method) => {
        const [one, many] = [a, scale(a, by)].map((account) => reportOf(method, account));
        const [from, to] =
          method === 'unified' ? [coreOf(one!), coreOf(many!)] : [one!.initialUsd, many!.initialUsd];
        expect(Math.abs(to - Number(by) * from)).toBeLessThanOrEqual(slackOf(many!));
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('does not depend on the order of the positions beyond the last bits, which follow the order of the account', () => {
    const shuffled = fc.tuple(accounts, fc.infiniteStream(fc.nat())).map(([account, keys]) => {
      const keyed = account.positions.map((p) => [keys.next().value, p] as const);
      const positions = keyed.sort(([x], [y]) => Number(x) - Number(y)).map(([, p]) => p);
      return [account, { ...account, positions }] as const;
    });
    fc.assert(
      fc.property(shuffled, fc.constantFrom(...METHOD_IDS), ([a, b], method) => {
        const [one, two] = [a, b].map((account) => reportOf(method, account));
        expect(Math.abs(one!.initialUsd - two!.initialUsd)).toBeLessThanOrEqual(slackOf(one!));
        expect(Math.abs(one!.maintenanceUsd - two!.maintenanceUsd)).toBeLessThanOrEqual(slackOf(one!));
        expect(Math.abs(one!.equityUsd - two!.equityUsd)).toBeLessThanOrEqual(slackOf(one!));
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('is the same to the bit whatever the order of the balances, and when asked twice', () => {
    fc.assert(
      fc.property(accounts, fc.constantFrom(...METHOD_IDS), (a, method) => {
        const turned = { ...a, balances: new Map([...a.balances].reverse()) };
        expect(reportOf(method, turned)).toEqual(reportOf(method, a));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('rises with the level of confidence', () => {
    const levels = ['0.9', '0.95', '0.975', '0.98', '0.99'];
    const measured = fc.constantFrom('es' as const, 'var' as const);
    fc.assert(
      fc.property(accounts, fc.constantFrom<MethodId>(...TAIL, 'unified'), measured, (a, method, measure) => {
        let before = 0;
        for (const level of levels) {
          const methodology = { ...PLAIN, tail: { measure, level } };
          const report = reportOf(method, a, { methodology });
          const now = method === 'unified' ? coreOf(report) : report.initialUsd;
          expect(now).toBeGreaterThanOrEqual(before - slackOf(report));
          before = now;
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('is never negative, never below maintenance, and its parts sum to it under every method', () => {
    fc.assert(
      fc.property(accounts, fc.constantFrom(...METHOD_IDS), (a, method) => {
        const report = reportOf(method, a);
        const { initialUsd, maintenanceUsd, requirement } = report;
        const sum = (values: readonly number[]): number => values.reduce((s, x) => s + x, 0);
        expect(initialUsd).toBeGreaterThanOrEqual(0);
        expect(maintenanceUsd).toBeGreaterThanOrEqual(0);
        expect(maintenanceUsd).toBeLessThanOrEqual(initialUsd + slackOf(report));
        const tolerance = 1e-9 * Math.max(1, initialUsd);
        const contributions = requirement.contributions.map((c) => c.initialUsd);
        expect(Math.abs(sum(contributions) - initialUsd)).toBeLessThanOrEqual(
          Math.max(tolerance, slackOf(report) * 1e-3),
        );
        expect(report.underlyings.reduce((s, u) => s + u.initialUsd, 0)).toBeCloseTo(initialUsd, 4);
      }),
      { seed: SEED, numRuns: 800 },
    );
  });
});

describe('a hedge', () => {
  const cash = { USD: 1_000_000 };

  it('that mirrors the whole book leaves nothing but its own add-ons, and less than the book and they need together', () => {
    const mirrored = ['BTC-P', 'ETH-P', 'BTC-C'];
    fc.assert(
      fc.property(holdings(mirrored), (book) => {
        const mirror = book.map(([id, q]): Holding => [`${id}-TWIN`, -q]);
        const [alone, hedge, both] = [book, mirror, [...book, ...mirror]].map((held) =>
          reportOf('unified', makeAccount(held, cash)),
        );
        expect(coreOf(both!)).toBeLessThanOrEqual(slackOf(both!) + usdcDust(both!));
        expect(both!.initialUsd).toBeLessThanOrEqual(alone!.initialUsd + addOnsOf(hedge!) + slackOf(both!));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('of part of a position never raises the requirement by more than its own add-ons', () => {
    const ids = fc.constantFrom('BTC-P', 'ETH-P', 'BTC-C');
    fc.assert(
      fc.property(
        ids,
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: 0, max: 1_000 }),
        (id, n, share) => {
          fc.pre(n !== 0);
          const book: Holding = [id, n / 50];
          const part: Holding = [`${id}-TWIN`, Math.round(-book[1] * share * 1e5) / 1e8];
          const [alone, hedge, both] = [[book], [part], [book, part]].map((held) =>
            reportOf('unified', makeAccount(held, cash)),
          );
          expect(both!.initialUsd).toBeLessThanOrEqual(
            alone!.initialUsd + addOnsOf(hedge!) + slackOf(both!) + usdcDust(both!),
          );
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  /** Costs are rounded against the account, so that mirrored positions leave an atom or two of USDC. */
  function usdcDust(report: { readonly positions: readonly unknown[] }): number {
    return 2e-6 * report.positions.length;
  }
});

/** Lines of which the diversification cap may make up for what is below zero. */
const BLENDED: ReadonlySet<string> = new Set(['scenario-risk', 'stress']);

describe('collateral in coin', () => {
  it('never makes the requirement smaller than the add-ons nor negative, short or long', () => {
    fc.assert(
      fc.property(holdings(), balances, (book, cash) => {
        const report = reportOf('unified', makeAccount(book, cash));
        expect(coreOf(report)).toBeGreaterThanOrEqual(0);
        for (const c of report.requirement.components) {
          if (!BLENDED.has(c.id)) expect(c.initialUsd, c.id).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
