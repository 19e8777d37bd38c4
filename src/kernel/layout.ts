import { assert } from '../base/assert.ts';
import type { KernelMemory } from './memory.ts';
import { createPositions, type Positions } from './shapes.ts';

/** Rows that are a multiple of another: row i moves as `factor[i]` × row `target[i]`; an ordinary row as 1 × itself. */
export type Multiples = { readonly target: Uint32Array; readonly factor: Float64Array };

/** Every row on its own. */
export function plainRows(rowCount: number): Multiples {
  return { target: new Uint32Array(rowCount).map((_, i) => i), factor: new Float64Array(rowCount).fill(1) };
}

/**
 * Declares `row` to be `factor` × `target`: a perpetual, a future or a balance beside another claim on the same underlying whose value
 * moves in proportion in every scenario. The target must be an ordinary row.
 */
export function declareMultiple(
  multiples: Multiples,
  row: number,
  of: { target: number; factor: number },
): void {
  assert(
    multiples.target[of.target] === of.target && of.factor !== 0,
    'a multiple refers to an ordinary row',
  );
  multiples.target[row] = of.target;
  multiples.factor[row] = of.factor;
}

/** An account as it came: distinct or repeated rows in any order. */
export type Holding = { readonly rows: readonly number[]; readonly quantities: readonly number[] };

/** Net quantity by row, rows rising: the order in which an account is summed from then on. Nets are added in the order they came. */
export function collapseHolding(holding: Holding, multiples: Multiples): Map<number, number> {
  const nets = new Map<number, number>();
  holding.rows.forEach((row, i) => {
    const target = multiples.target[row]!;
    nets.set(target, (nets.get(target) ?? 0) + multiples.factor[row]! * holding.quantities[i]!);
  });
  return new Map([...nets].filter(([, net]) => net !== 0).sort(([a], [b]) => a - b));
}

/** Accounts with more positions than this come after all others. */
const BIG_POSITIONS = 60;

export type Layout = {
  readonly positions: Positions;
  /** Account at each place of `positions`. */
  readonly order: Int32Array;
};

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const big = Number(a.length > BIG_POSITIONS) - Number(b.length > BIG_POSITIONS);
  return big || (a[0] ?? -1) - (b[0] ?? -1) || (a.at(-1) ?? -1) - (b.at(-1) ?? -1) || a.length - b.length;
}

/**
 * Lays accounts out for the kernels: linear rows collapsed, neighbours holding neighbouring rows, big accounts last, so that the rows in
 * use stay in the second-level cache. Ties keep the order of the accounts. To be repeated when positions change, not when prices do.
 */
export function layOutAccounts(
  memory: KernelMemory,
  holdings: readonly Holding[],
  multiples: Multiples,
): Layout {
  const nets = holdings.map((holding) => collapseHolding(holding, multiples));
  const keys = nets.map((net) => [...net.keys()]);
  const order = Int32Array.from(holdings.keys()).sort((a, b) => comparePlaces(keys[a]!, keys[b]!) || a - b);
  const total = keys.reduce((sum, rows) => sum + rows.length, 0);
  const positions = createPositions(memory, { count: holdings.length, positions: total });
  let at = 0;
  order.forEach((account, place) => {
    positions.starts[place] = at;
    for (const [row, net] of nets[account]!) {
      positions.rows[at] = row;
      positions.quantities[at++] = net;
    }
  });
  positions.starts[holdings.length] = at;
  return { positions, order };
}
