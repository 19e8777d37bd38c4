import type { AssetId } from '../../product/product.ts';
import type { HeldBook } from './day.ts';
import type { Portfolios } from './tails.ts';

/** The books of a day as portfolios of matrix rows: each whole, and cut into its groups of underlyings. */
export type BookPortfolios = {
  readonly portfolios: Portfolios;
  /** Portfolio of each whole book. */
  readonly whole: readonly number[];
  /** Portfolios of each book's groups; the whole one alone where there is one group only. */
  readonly groups: readonly (readonly number[])[];
};

export type Part = { readonly row: string; readonly quantity: number; readonly underlying: AssetId };

/** Positions in the order of the book, then simulated collateral in the order of the pool: the order of the engine's own sums. */
export function partsOf({ valued, pool }: HeldBook): Part[] {
  return [
    ...valued.pooled.map(({ product, quantity }) => ({
      row: product.id,
      quantity,
      underlying: product.underlying,
    })),
    ...pool.lines
      .filter((line) => line.simulatedAmount !== 0)
      .map(({ asset, simulatedAmount }) => ({ row: asset, quantity: simulatedAmount, underlying: asset })),
  ];
}

/** Lays the books out; underlyings that no group names stand alone. */
export function layOut(held: readonly HeldBook[], groups: readonly (readonly AssetId[])[]): BookPortfolios {
  const starts = [0];
  const rows: string[] = [];
  const quantities: number[] = [];
  const add = (parts: readonly Part[]): number => {
    for (const part of parts) {
      rows.push(part.row);
      quantities.push(part.quantity);
    }
    starts.push(rows.length);
    return starts.length - 2;
  };
  const whole: number[] = [];
  const cut: number[][] = [];
  for (const book of held) {
    const parts = partsOf(book);
    const at = add(parts);
    whole.push(at);
    const byGroup = Map.groupBy(parts, ({ underlying }) => groupKey(underlying, groups));
    cut.push(byGroup.size <= 1 ? [at] : [...byGroup.values()].map(add));
  }
  return { portfolios: { starts, rows, quantities }, whole, groups: cut };
}

function groupKey(underlying: AssetId, groups: readonly (readonly AssetId[])[]): string {
  const index = groups.findIndex((group) => group.includes(underlying));
  return index < 0 ? `alone ${underlying}` : `group ${index}`;
}
