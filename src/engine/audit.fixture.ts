import { expect } from 'vitest';
import { assetTotals, settlementAccount } from '../ledger/ledger.ts';
import { atomsOf } from './posting.ts';
import type { EngineState } from './state.ts';

/**
 * What must hold after every command, by the naive road: every asset sums to zero; contracts of every instrument sum to zero; what a
 * settlement account holds is what positions cost together and a dust of roundings, which is never negative.
 */
export function expectSound(state: EngineState): void {
  for (const { asset, atoms } of assetTotals(state.ledger))
    expect(`${asset.id} ${atoms}`).toBe(`${asset.id} 0`);
  const sums = new Map<string, { quantity: bigint; cost: bigint }>();
  for (const { positions } of state.tables.accounts.items) {
    for (const { instrument, quantityAtoms, costAtoms } of positions) {
      const sum = sums.get(instrument) ?? { quantity: 0n, cost: 0n };
      sum.quantity += quantityAtoms;
      sum.cost += costAtoms;
      sums.set(instrument, sum);
    }
  }
  for (const { product } of state.tables.instruments.items) {
    const { quantity, cost } = sums.get(product.id) ?? { quantity: 0n, cost: 0n };
    expect(`${product.id} ${quantity}`).toBe(`${product.id} 0`);
    const dust = atomsOf(state, settlementAccount(product.id), product.settle) + cost;
    expect(dust >= 0n && dust < 1_000_000n, `${product.id} dust ${dust}`).toBe(true);
  }
}

/** Indexes that are kept beside the documents say what the documents say. */
export function expectIndexed(state: EngineState): void {
  for (const [index, doc] of state.tables.accounts.items.entries()) {
    expect(state.called.has(index)).toBe(doc.call !== null);
    expect(state.liquidating.has(index)).toBe(doc.liquidation !== null);
    for (const [instrument, holders] of state.holders) {
      expect(holders.has(index)).toBe(doc.positions.some((p) => p.instrument === instrument));
    }
  }
}
