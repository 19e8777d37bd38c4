import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/schema';
import { METHOD_IDS } from '../../src/margin/report.ts';
import { SUITES } from '../../src/study/conform/suites.ts';
import { capture } from './capture.ts';
import {
  EXAMPLES,
  change,
  goodBook,
  goodMarket,
  goodMethodology,
  type Loose,
  makeFolder,
} from './documents.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

async function answer(...argv: readonly string[]): Promise<Loose> {
  const { stdout, stderr, exitCode } = await capture([...argv, '--json']);
  expect([stderr, exitCode]).toEqual(['', 0]);
  return JSON.parse(stdout) as Loose;
}

const MARKET = ['--market', folder.path('market.json')];
const KEYS = ['equityUsd', 'initialUsd', 'maintenanceUsd', 'initialHeadroomUsd'];

describe('plimsoll margin', () => {
  it('says in JSON what a JSON reader can check: numbers, never null for one that is not finite', async () => {
    const { accounts } = await answer('margin', folder.write('book.json', goodBook()));
    const [report] = accounts;
    expect(report.methods.map((m: Loose) => m.method)).toEqual([...METHOD_IDS]);
    for (const key of KEYS) expect(Number.isFinite(report[key]), key).toBe(true);
    expect(report.initialHeadroomUsd).toBe(report.equityUsd - report.initialUsd);
    expect(report.time).toBe('2026-01-16T08:00:00Z');
    expect(report.requirement.scenarios[0].pnl).toHaveLength(report.requirement.scenarios[0].count);
  });

  it('reads the same book from a table of positions', async () => {
    const [account] = goodBook().accounts;
    const rows = account.positions.map((p: Loose) => `${p.instrument},${p.quantity},${p.entryPrice}`);
    const table = folder.write('book.csv', ['instrument,quantity,entry price', ...rows].join('\n'));
    const { accounts } = await answer(
      'margin',
      table,
      ...MARKET,
      '--balance',
      'USDC=600000',
      '--account',
      'strangle',
    );
    const { accounts: expected } = await answer('margin', folder.write('book.json', goodBook()));
    expect(accounts).toEqual(expected);
  });

  it('takes every method, and the report is then the line of the comparison', async () => {
    const book = folder.write('book.json', goodBook());
    for (const method of METHOD_IDS) {
      const [report] = (await answer('margin', book, '--method', method)).accounts;
      const line = report.methods.find((m: Loose) => m.method === method);
      for (const key of KEYS) expect(report[key], `${method} ${key}`).toBe(line[key]);
    }
  });

  it('charges a stricter methodology more', async () => {
    const book = folder.write('book.json', goodBook());
    const rules = change(goodMethodology(), (m) => (m.tail = { level: '0.995' }));
    const [strict] = (await answer('margin', book, '--methodology', folder.write('rules.json', rules)))
      .accounts;
    const [usual] = (await answer('margin', book)).accounts;
    expect(strict.initialUsd).toBeGreaterThan(usual.initialUsd);
    expect(strict.methodology).toEqual({ id: 'venue', version: '1' });
  });
});

describe('plimsoll whatif', () => {
  it('WHATIF-001 answers as margin does on the changed book', async () => {
    const book = folder.write('book.json', goodBook());
    const changed = change(goodBook(), (b) => {
      b.accounts[0].balances.USDC = '650000';
      b.accounts[0].positions[2] = { instrument: 'BTC_USDC-PERPETUAL', quantity: '1.6', entryPrice: '95100' };
    });
    const { before, after } = await answer(
      'whatif',
      book,
      '--deposit',
      'USDC=50000',
      '--trade',
      'BTC_USDC-PERPETUAL=+1@95100',
    );
    const [now] = (await answer('margin', book)).accounts;
    const [then] = (await answer('margin', folder.write('changed.json', changed))).accounts;
    for (const key of KEYS) {
      expect(before[key], key).toBe(now[key]);
      expect(after[key] / then[key], key).toBeCloseTo(1, 9);
    }
  });

  it('applies changes in the order given', async () => {
    const book = folder.write('book.json', goodBook());
    const up = await answer('whatif', book, '--trade', 'BTC_USDC-PERPETUAL=1', '--move', 'BTC=+10%');
    const down = await answer('whatif', book, '--move', 'BTC=+10%', '--trade', 'BTC_USDC-PERPETUAL=1');
    expect(up.after.equityUsd - down.after.equityUsd).toBeCloseTo(0.1 * 95_448 * 0.9998, -2);
  });
});

describe('plimsoll why', () => {
  it('WHY-001 sums to the change between two files', async () => {
    const later = change(goodMarket(), (m) => {
      m.time = '2026-01-17T08:00:00Z';
      for (const asset of m.assets)
        if (asset.id === 'BTC') Object.assign(asset, { index: 93_000, average: 93_000 });
    });
    folder.write('later.json', later);
    const before = folder.write('before.json', goodBook());
    const moved = change(goodBook(), (b) => {
      b.market = 'later.json';
      b.accounts[0].balances.USDC = '500000';
    });
    const why = await answer('why', before, folder.write('after.json', moved));
    expect(why.lines.map((line: Loose) => line.part)).toContain('collateral');
    for (const key of KEYS) {
      const sum = why.lines.reduce((s: number, line: Loose) => s + line[key], 0);
      expect(sum, key).toBeCloseTo(why.after[key] - why.before[key], 5);
    }
    const collateral = why.lines.find((line: Loose) => line.part === 'collateral');
    expect(collateral.equityUsd).toBeCloseTo(-100_000 * 0.9998, 0);
  });
});

describe('the smaller commands', () => {
  it('price says what a contract is worth', async () => {
    const [mark] = await answer('price', 'BTC-PERPETUAL', ...MARKET);
    expect(mark).toMatchObject({ id: 'BTC-PERPETUAL', source: 'quote', deltaUsd: expect.closeTo(10, 1) });
  });

  it('scenarios say every shock of every factor', async () => {
    const set = await answer('scenarios', ...MARKET, '--set', 'stress');
    expect(set.shocks).toHaveLength(set.factors.length * set.count);
    expect(set.names).toHaveLength(set.count);
  });

  it('methods and conform list all that there is', async () => {
    expect((await answer('methods')).map((m: Loose) => m.id)).toEqual([...METHOD_IDS]);
    const { stdout } = await capture(['conform']);
    for (const { id } of SUITES) expect(stdout).toContain(id);
  });

  it('schemas describe the examples', async () => {
    const schemaOf = async (name: string): Promise<TSchema> =>
      JSON.parse((await capture(['schema', name])).stdout) as TSchema;
    expect(Check(await schemaOf('book'), goodBook())).toBe(true);
    expect(Check(await schemaOf('market'), goodMarket())).toBe(true);
    expect(Check(await schemaOf('methodology'), goodMethodology())).toBe(true);
    expect(Check(await schemaOf('book'), { ...goodBook(), plimsoll: 'market/1' })).toBe(false);
  });

  it('conform ends with 1 where a case fails and with 0 where all pass', async () => {
    expect((await capture(['conform', 'special', join(EXAMPLES, 'market.json')])).exitCode).toBe(1);
    expect((await capture(['conform', 'nonsense', '.'])).exitCode).toBe(2);
  });
});
