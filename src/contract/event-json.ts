import { QUANTITY_PLACES, toDecimal } from '../base/amount.ts';
import { assert } from '../base/assert.ts';
import type { Event } from '../engine/event.ts';
import type { Names } from './command-wire.ts';
import { toIsoTime } from './scalars.ts';

/** An event on the wire. `kind` says what happened; `seq` and `time` are those of the command that brought it about. */
export type EventJson = { readonly seq: number; readonly time: string; readonly kind: string } & {
  readonly [field: string]: unknown;
};

export type EventPlace = { readonly seq: number; readonly timeMs: number; readonly names: Names };

/** An event as JSON: exact amounts as plain decimals, times in ISO. Lossless. */
export function toEventJson(event: Event, { seq, timeMs, names }: EventPlace): EventJson {
  return { seq, time: toIsoTime(timeMs), ...toFields(event, names) };
}

type Fields = { readonly kind: string; readonly [field: string]: unknown };

function toFields(event: Event, names: Names): Fields {
  switch (event.kind) {
    case 'Posted': {
      const postings = event.postings.map(({ account, asset, atoms }) => ({
        account,
        asset,
        amount: toAmount(atoms, asset, names),
      }));
      return { ...event, postings };
    }
    case 'OrderAccepted': {
      const { quantityAtoms, ...order } = event.order;
      return { ...event, order: { ...order, quantity: toQuantity(quantityAtoms) } };
    }
    case 'PositionChanged': {
      const { quantityAtoms, costAtoms, ...rest } = event;
      const settle = names.settleOf(event.instrument);
      assert(settle !== null, 'a position is in something that was listed');
      return { ...rest, quantity: toQuantity(quantityAtoms), cost: toAmount(costAtoms, settle, names) };
    }
    case 'LiquidationStepped': {
      const trades = event.receipt.trades.map(({ quantityAtoms, ...trade }) => ({
        ...trade,
        quantity: toQuantity(quantityAtoms),
      }));
      return { ...event, receipt: { ...event.receipt, trades } };
    }
    case 'MarginCallIssued': {
      const { deadlineMs, ...rest } = event;
      return { ...rest, deadline: toIsoTime(deadlineMs) };
    }
    case 'FundingSettled': {
      const { sinceMs, ...rest } = event;
      return { ...rest, since: toIsoTime(sinceMs) };
    }
    case 'ScenariosRefitted': {
      const { asOfMs, ...rest } = event;
      return { ...rest, asOf: toIsoTime(asOfMs) };
    }
    default:
      return event;
  }
}

/** Contracts as a plain decimal. */
export function toQuantity(atoms: bigint): string {
  return toDecimal(atoms, QUANTITY_PLACES);
}

/** An amount of a listed asset as a plain decimal. */
export function toAmount(atoms: bigint, asset: string, names: Names): string {
  const places = names.placesOf(asset);
  assert(places !== null, 'what is held was listed');
  return toDecimal(atoms, places);
}

/** Accounts that an event is about: whose owners may read it. Empty: everybody's, or the venue's own business. */
export function accountsOf(event: Event): readonly string[] {
  if (event.kind === 'Posted') return [...new Set(event.postings.map(({ account }) => account))];
  return 'account' in event ? [event.account] : [];
}
