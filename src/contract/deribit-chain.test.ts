import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { findArbitrage } from '../market/arbitrage.ts';
import { priceInverse } from '../pricer/inverse.ts';
import { markContract } from '../pricer/mark.ts';
import { YEAR_MS } from '../product/product.ts';
import type { ChainTable } from './chain-rows.ts';
import { importChain } from './deribit-chain.ts';
import { toInstrumentName } from './instrument-name.ts';

const HEADER = 'time,instrument,bid,ask,mark,mark_iv,delta,vega,open_interest,volume_24h,futures,index'.split(
  ',',
);
const TIME = '2026-03-02T09:30:00Z';
const TIME_MS = Date.parse(TIME);

/** A chain of one expiry priced by model at a parabola of vols. */
function rowsOf(time: string, expiryMs: number, index = 60_000): string[][] {
  const forward = 1.01 * index;
  const rows: string[][] = [];
  for (let i = -6; i <= 6; i++) {
    const strike = Math.round((forward * (1 + 0.05 * i)) / 500) * 500;
    for (const right of ['call', 'put'] as const) {
      const vol = 0.5 + 0.4 * (strike / forward - 1) ** 2;
      const mark = priceInverse({
        right,
        forward,
        strike,
        tauYears: (expiryMs - Date.parse(time)) / YEAR_MS,
        vol,
      });
      const id = toInstrumentName({
        kind: 'option',
        underlying: 'BTC',
        settle: 'BTC',
        form: 'inverse',
        expiryMs,
        strike,
        right,
      });
      const quotes = [mark - 0.0002, mark + 0.0002, mark, vol, 0, 0, 10, 2, forward, index];
      rows.push([time, id, ...quotes.map(String)]);
    }
  }
  return rows;
}
const april = Date.UTC(2026, 3, 24, 8);
const june = Date.UTC(2026, 5, 26, 8);
const table: ChainTable = { header: HEADER, rows: [...rowsOf(TIME, april), ...rowsOf(TIME, june)] };

function imported(
  of: ChainTable,
  atMs: number | null = null,
): Exclude<ReturnType<typeof importChain>, { failure: string }> {
  const result = importChain(of, atMs);
  if (isFailure(result)) throw new Error(`${result.failure} ${result.field}`);
  return result;
}

describe('the import of an option chain', () => {
  it('lists the options, a future per expiry and the perpetual, with marks (MARKET-010)', () => {
    const { market, report } = imported(table);
    expect(market.timeMs).toBe(TIME_MS);
    expect(market.products.size).toBe(52 + 2 + 1);
    expect(market.quotes.size).toBe(market.products.size);
    expect(market.quotes.get('BTC-24APR26')!.mark.value).toBe(60_600);
    expect(market.quotes.get('BTC-PERPETUAL')!.mark.value).toBe(60_000);
    expect([...market.assets.keys()]).toEqual(['BTC', 'USD', 'USDC', 'USDT']);
    expect(report.rowsUsed).toBe(52);
    expect(report.rowsSkipped.size).toBe(0);
  });

  it('fits a surface that prices the options as they are marked (MARKET-011)', () => {
    const { market, report } = imported(table);
    for (const fit of report.underlyings[0]!.fits) expect(fit.rmseVol).toBeLessThan(0.003);
    const unquoted = { ...market, quotes: new Map() };
    for (const [id, product] of market.products) {
      if (product.kind !== 'option') continue;
      const model = markContract(product, unquoted);
      expect(isFailure(model)).toBe(false);
      if (!isFailure(model))
        expect(Math.abs(model.mark - market.quotes.get(id)!.mark.value)).toBeLessThan(0.0008);
    }
  });

  it('estimates depth from volume, open interest and spreads (MARKET-012)', () => {
    const { depth } = imported(table).market.underlyings.get('BTC')!;
    expect(depth!.dailyVolume).toBe(104);
    expect(depth!.halfSpreadFrac).toBeCloseTo(0.0008, 6);
    expect(depth!.bands.map((band) => band.bandFrac)).toEqual([0.01, 0.02, 0.05]);
    expect(depth!.bands[0]!.quantity).toBeLessThan(depth!.bands[1]!.quantity);
  });

  it('takes the last snapshot at or before a moment', () => {
    const later = '2026-03-03T09:30:00Z';
    const two = { header: HEADER, rows: [...table.rows, ...rowsOf(later, april, 66_000)] };
    expect(imported(two).report.underlyings[0]!.indexUsd).toBe(66_000);
    expect(imported(two, Date.parse(later) - 1).report.underlyings[0]!.indexUsd).toBe(60_000);
    expect(importChain(two, TIME_MS - 1)).toMatchObject({ failure: 'MALFORMED_CSV' });
  });

  it('counts the rows that it cannot use, by reason (MARKET-010)', () => {
    const [row] = rowsOf(TIME, april);
    const broken = (column: string, value: string): string[] =>
      row!.map((cell, i) => (HEADER[i] === column ? value : cell));
    const rows = [
      ...table.rows,
      row!,
      broken('instrument', 'BTC-garbage'),
      broken('instrument', 'BTC-27MAR26'),
      broken('instrument', 'BTC-1MAR26-60000-C'),
      broken('mark', ''),
      broken('futures', '-1'),
      broken('index', 'abc'),
    ];
    const { report } = imported({ header: HEADER, rows });
    expect(Object.fromEntries(report.rowsSkipped)).toEqual({
      duplicate: 1,
      name: 1,
      'not an inverse option': 1,
      expired: 1,
      mark: 1,
      forward: 1,
      index: 1,
    });
    expect(report.rowsUsed).toBe(52);
  });

  it('lives with options that carry no vol', () => {
    const rows = rowsOf(TIME, april).map((row) =>
      row.map((cell, i) => (HEADER[i] === 'mark_iv' ? '' : cell)),
    );
    const { market } = imported({ header: HEADER, rows });
    expect(market.underlyings.get('BTC')!.surface).toBeNull();
  });

  it('refuses a table without the columns or without a readable time', () => {
    expect(importChain({ header: HEADER.slice(1), rows: [] }, null)).toMatchObject({
      failure: 'MALFORMED_CSV',
    });
    expect(importChain({ header: HEADER, rows: [['yesterday']] }, null)).toMatchObject({
      failure: 'MALFORMED_CSV',
    });
    expect(importChain({ header: HEADER, rows: [] }, null)).toMatchObject({ failure: 'MALFORMED_CSV' });
  });
});

const SHARED = process.env['PLIMSOLL_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');
const FILE = join(SHARED, 'data', 'deribit-chain-daily.csv.gz');

describe('real chains', () => {
  it.skipIf(!existsSync(FILE))(
    `import without arbitrage, closely fitted (skipped where ${FILE} is absent)`,
    () => {
      const [head, ...lines] = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n');
      const header = head!.split(',');
      for (const day of ['2025-12-30', '2026-02-06', '2026-04-24', '2026-05-31']) {
        const rows = lines.filter((line) => line.startsWith(day)).map((line) => line.split(','));
        const { market, report } = imported({ header, rows });
        expect(report.rowsUsed).toBeGreaterThan(1000);
        for (const { id, fits } of report.underlyings) {
          expect(findArbitrage(market.underlyings.get(id)!.surface!, market.timeMs)).toBeNull();
          for (const fit of fits) expect(fit.rmseUnits, `${day} ${id} ${fit.expiryMs}`).toBeLessThan(2.5);
        }
      }
    },
  );
});
