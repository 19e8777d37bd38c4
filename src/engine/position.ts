import { divideUp } from './cost.ts';
import type { PositionDoc } from './documents.ts';
import type { InstrumentId } from '../product/product.ts';

/** One side of a trade: signed contracts, and what they cost in atoms of the settlement asset, rounded against the account. */
export type Trade = {
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly costAtoms: bigint;
};

/** `position` is null where nothing is left; `realisedAtoms` is paid at once. */
export type Traded = { readonly position: PositionDoc | null; readonly realisedAtoms: bigint };

/**
 * A position after a trade. What adds to it adds its cost. What reduces it realises proceeds less the released share of the cost, the
 * share rounded up, against the account; a trade through zero closes at its own share of the trade's cost and opens the rest. Cost and
 * realised amounts always sum to what was paid: realised = cost before − cost after − … exactly, no atom is lost.
 */
export function applyTrade(held: PositionDoc | undefined, trade: Trade): Traded {
  const { instrument, quantityAtoms: added, costAtoms: paid } = trade;
  const before = held?.quantityAtoms ?? 0n;
  const cost = held?.costAtoms ?? 0n;
  const after = before + added;
  if (before === 0n || before > 0n === added > 0n) {
    return { position: toPosition(instrument, after, cost + paid), realisedAtoms: 0n };
  }
  const size = magnitude(before);
  const traded = magnitude(added);
  if (traded <= size) {
    const released = divideUp(cost * traded, size);
    return { position: toPosition(instrument, after, cost - released), realisedAtoms: -paid - released };
  }
  const closing = divideUp(paid * size, traded);
  return { position: toPosition(instrument, after, paid - closing), realisedAtoms: -closing - cost };
}

function toPosition(instrument: InstrumentId, quantityAtoms: bigint, costAtoms: bigint): PositionDoc | null {
  return quantityAtoms === 0n ? null : { instrument, quantityAtoms, costAtoms };
}

function magnitude(atoms: bigint): bigint {
  return atoms < 0n ? -atoms : atoms;
}

/** The list with one position replaced, added or taken out; ascending by instrument. */
export function withPosition(
  positions: readonly PositionDoc[],
  instrument: InstrumentId,
  position: PositionDoc | null,
): readonly PositionDoc[] {
  const rest = positions.filter((p) => p.instrument !== instrument);
  if (position === null) return rest;
  const at = rest.findIndex((p) => p.instrument > instrument);
  return at < 0 ? [...rest, position] : rest.toSpliced(at, 0, position);
}
