import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { compareDeleveraging, type ComparisonInput } from './compare.ts';
import type { Counterparty } from './policies.ts';

const shared = process.env['PLIMSOLL_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');
const file = join(shared, 'data', 'hyperliquid-adl-2025-10-10-outlier-events.csv');
const present = existsSync(file);
if (!present) console.log(`skipped: no deleveraging events at ${file} (set PLIMSOLL_SHARED)`);

const LOT = 1_000n;

/** The shorts in one asset that were deleveraged, with their sizes, profits and leverage as recorded; what was closed on them is closed again. */
function readEvent(asset: string): ComparisonInput {
  const [header, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const names = header!.split(',');
  const candidates = new Map<string, Counterparty>();
  let closedLots = 0n;
  for (const row of rows) {
    const cells = row.split(',');
    const at = (name: string): string => cells[names.indexOf(name)]!;
    const size = -Number(at('position_size'));
    const lots = BigInt(Math.round(size * 1e5));
    if (at('asset') !== asset || lots <= 0n || candidates.has(at('account'))) continue;
    closedLots += BigInt(Math.round(Number(at('adl_size')) * 1e5));
    candidates.set(at('account'), {
      account: at('account'),
      quantityAtoms: lots * LOT,
      unrealisedUsd: Number(at('position_upnl_usd')),
      entryUsd: size * Number(at('entry_price')),
      leverage: Number(at('leverage')),
      marginChange: null,
    });
  }
  const markLotAtoms = 1_060_000;
  const valueAtoms = (closedLots * BigInt(markLotAtoms) * 101n) / 100n;
  const closing = [{ account: 'bankrupt', quantityAtoms: closedLots * LOT, valueAtoms }];
  const list = [...candidates.values()];
  return {
    instrument: asset,
    side: 'long',
    lotAtoms: LOT,
    closing,
    candidates: list,
    markLotAtoms,
    atomUsd: 1e-6,
  };
}

describe.skipIf(!present)('the shorts deleveraged on 2025-10-10 (needs PLIMSOLL_SHARED)', () => {
  it.each(['BTC', 'ETH', 'SOL'])(
    'can be called under every policy, in %s, at leverages up to 80,000',
    (asset) => {
      const input = readEvent(asset);
      expect(input.candidates.length).toBeGreaterThan(10);
      const rows = compareDeleveraging(input);
      if (isFailure(rows)) throw new Error(JSON.stringify(rows));
      for (const row of rows) {
        expect([row.missingAtoms, row.overshootLots]).toEqual([0n, 0]);
        expect(row.takenUsd).toBeCloseTo(rows[0]!.takenUsd, 6);
      }
      const [queue, plain, exact] = rows;
      expect(exact!.overShareLots).toBeLessThanOrEqual(plain!.overShareLots);
      expect(exact!.overShareLots).toBeLessThanOrEqual(queue!.overShareLots);
    },
  );
});
