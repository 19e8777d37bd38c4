import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { greeksInverse } from '../../pricer/inverse.ts';
import { OPTIONS_SUITE } from './options.ts';
import type { ConformCase } from './suite.ts';

const SHARED = process.env['PLIMSOLL_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared');
const FILE = join(SHARED, 'vectors', 'quant', 'options.json');

function runOn(value: unknown): ConformCase[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [...OPTIONS_SUITE.run({ files: [{ name: 'options.json', text }], sibling: () => null })];
}
const failed = (cases: readonly ConformCase[]): string[] =>
  cases.filter((c) => c.status === 'failed').map((c) => `${c.name} ${c.field}`);

describe('the options suite', () => {
  it.skipIf(!existsSync(FILE))(`passes every value of ${FILE} (skipped where that is absent)`, () => {
    const cases = runOn(readFileSync(FILE, 'utf8'));
    expect(failed(cases)).toEqual([]);
    expect(cases.filter((c) => c.status === 'passed').length).toBeGreaterThan(4_000);
  });

  it('fails a wrong price, and takes the tolerance from the header', () => {
    const row = {
      id: 'one',
      type: 'call',
      F: 100,
      K: 100,
      T: 1,
      sigma: 0.2,
      r: 0,
      exact: { price: 7.965568 },
    };
    expect(failed(runOn({ black76: [row] }))).toEqual(['one exact.price']);
    const header = { suggested_tolerance: 'price: |diff| <= 1e-6*D*max(F,K); delta 1e-12' };
    expect(failed(runOn({ header, black76: [row] }))).toEqual([]);
  });

  it('skips quantities that it does not know, and rows with fields that it does not know', () => {
    const row = { type: 'put', F: 100, K: 90, T: 1, sigma: 0.2, r: 0, colour: 'red', exact: { charm: 1 } };
    expect(runOn({ black76: [row] }).map((c) => c.status)).toEqual(['skipped']);
  });

  it('wants the refusal that the words of the file call for', () => {
    const row = { type: 'call', F: 100, K: 90, T: 0.5, r: 0, price: 101, expect: 'error: below intrinsic' };
    expect(failed(runOn({ implied_vol_invalid: [row] }))).toHaveLength(1);
    const fitting = { ...row, expect: 'error: above discounted forward' };
    expect(
      failed(runOn({ implied_vol_invalid: [fitting, { ...fitting, price: null, expect: 'error: NaN' }] })),
    ).toEqual([]);
    expect(failed(runOn({ implied_vol_invalid: [{ ...row, price: 12 }] }))).toHaveLength(1);
  });

  it('judges short futures, and the quotes of an exchange in its own units', () => {
    const short = {
      kind: 'inverse',
      side: 'short',
      contracts: 3,
      contract_value_usd: 10,
      entry: 100,
      exit: 50,
      pnl_coin: 0.3,
    };
    expect(failed(runOn({ futures_pnl: [short] }))).toEqual([]);
    const option = { right: 'put', forward: 1e5, strike: 9e4, tauYears: 0.1, vol: 0.5 } as const;
    const own = greeksInverse(option);
    const row = {
      type: 'put',
      K: 9e4,
      T: 0.1,
      mark_iv: 0.5,
      mark_price: own.priceCoin,
      quoted: { delta: own.premiumAdjustedDelta, vega: own.vegaCoin / 100, theta: own.thetaCoin / 365 },
    };
    const cases = runOn({ exchange_quotes_okx: [row] });
    expect(cases.map((c) => [c.field, c.status])).toEqual([
      ['price', 'passed'],
      ['delta', 'passed'],
      ['vega', 'passed'],
      ['theta', 'passed'],
    ]);
    const wrong = { ...row, quoted: { delta: 1.1 * own.premiumAdjustedDelta } };
    expect(failed(runOn({ exchange_quotes_okx: [wrong] }))).toHaveLength(1);
  });

  it('fails, and does not crash, on what is no such file', () => {
    expect(runOn('{')).toMatchObject([{ status: 'failed', field: 'file' }]);
    expect(
      runOn({
        black76: [{}, { type: 'call' }],
        implied_vol: [{ type: 'call' }],
        futures_pnl: [{}],
        inverse_payoffs: [{}],
      }).every((c) => c.status === 'failed'),
    ).toBe(true);
  });
});
