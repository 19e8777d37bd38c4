/** What the rule of worst sides has to know of an order. */
export type SidedOrder = { readonly instrument: string; readonly quantityAtoms: bigint };

/**
 * The sets of open orders that may fill, without repetitions; the empty one first (MARGIN-020): nothing; all that buys delta; all that
 * sells delta; in each instrument the side that leaves the larger position, of two as large the sells. `held` are signed atoms.
 */
export function worstSides<O extends SidedOrder>(
  orders: readonly O[],
  held: (instrument: string) => bigint,
  buysDelta: (order: O) => boolean,
): O[][] {
  const up = orders.filter(buysDelta);
  const down = orders.filter((order) => !buysDelta(order));
  const sets: O[][] = [[]];
  for (const set of [up, down, largerSides(orders, held)]) {
    const isNew = sets.every((known) => known.length !== set.length || known.some((o, i) => o !== set[i]));
    if (isNew) sets.push(set);
  }
  return sets;
}

function largerSides<O extends SidedOrder>(orders: readonly O[], held: (instrument: string) => bigint): O[] {
  const sums = new Map<string, { buys: bigint; sells: bigint }>();
  for (const { instrument, quantityAtoms } of orders) {
    const sum = sums.get(instrument) ?? { buys: 0n, sells: 0n };
    if (quantityAtoms > 0n) sum.buys += quantityAtoms;
    else sum.sells += quantityAtoms;
    sums.set(instrument, sum);
  }
  return orders.filter(({ instrument, quantityAtoms }) => {
    const { buys, sells } = sums.get(instrument)!;
    const before = held(instrument);
    return magnitude(before + buys) > magnitude(before + sells) === quantityAtoms > 0n;
  });
}

function magnitude(atoms: bigint): bigint {
  return atoms < 0n ? -atoms : atoms;
}
