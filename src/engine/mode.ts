import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Command } from './command.ts';
import { headroomOf, ordersOn, worstLevels } from './judge-order.ts';
import { creditUsd, levelsOf, placeOf } from './levels.ts';
import { ownAccount, refuseLiquidating, unknownAccount } from './orders.ts';
import { accountAt, setAccount, type Turn } from './state.ts';
import { unitOf } from './unit.ts';

/**
 * Changes how an account is margined, if it holds its initial margin under the new mode with every open order at its worst side. Refuses
 * UNKNOWN_ACCOUNT, ACCOUNT_IN_LIQUIDATION, INITIAL_MARGIN_SHORTFALL.
 */
export function setAccountMode(
  turn: Turn,
  { account, mode }: Command & { kind: 'SetAccountMode' },
): Failure | null {
  const { state } = turn;
  const index = ownAccount(state, account);
  if (index === null) return unknownAccount(account);
  const doc = accountAt(state, index);
  if (doc.liquidation !== null) return refuseLiquidating(account);
  if (doc.mode !== mode && (doc.positions.length > 0 || doc.orders.length > 0)) {
    const place = placeOf(state);
    if (isFailure(place)) return place;
    const unit = { ...unitOf(state, index), mode };
    const asIs = levelsOf(state, unit, place);
    if (isFailure(asIs)) return asIs;
    const worst = worstLevels(state, unit, { orders: ordersOn(state, index, index), place, asIs });
    if (isFailure(worst)) return worst;
    const headroom = headroomOf(state, worst) + creditUsd(state, index, place.market.timeMs);
    if (headroom < 0) {
      const expected = 'initial headroom of 0 USD or more under the new mode';
      return refuse('INITIAL_MARGIN_SHORTFALL', { field: 'mode', value: headroom, expected });
    }
  }
  setAccount(state, { ...doc, mode });
  turn.touched.add(index);
  turn.events.push({ kind: 'AccountModeSet', account, mode });
  return null;
}
