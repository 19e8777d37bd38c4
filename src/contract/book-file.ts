import Type, { type Static, type TSchema } from 'typebox';
import { QUANTITY_PLACES } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Account, CreditLine, OrderHold, Position } from '../portfolio/account.ts';
import { contractCost, entryCostAtoms } from '../pricer/cost.ts';
import { decimalToAtoms, decimalToNumber, Decimal, Id, IsoTime, parseEach, parseIsoTime } from './scalars.ts';
import { parseShape } from './shape.ts';

export const POSITIONS_MAX = 100_000;

const PositionShape = Type.Object(
  {
    instrument: Id,
    quantity: Decimal,
    entryPrice: Type.Optional(Decimal),
    isolated: Type.Optional(Decimal),
  },
  { additionalProperties: false },
);

const OrderShape = Type.Object(
  { id: Id, instrument: Id, quantity: Decimal, price: Decimal },
  { additionalProperties: false },
);

const CreditLineShape = Type.Object(
  {
    id: Id,
    limitUsd: Type.Number({ minimum: 0, maximum: 1e15 }),
    grantor: Id,
    approver: Id,
    expires: IsoTime,
  },
  { additionalProperties: false },
);

const AccountShape = Type.Object(
  {
    account: Id,
    client: Type.Optional(Id),
    owner: Type.Optional(Id),
    mode: Type.Optional(
      Type.Union([Type.Literal('isolated'), Type.Literal('cross'), Type.Literal('portfolio')]),
    ),
    balances: Type.Record(Id, Decimal, { additionalProperties: false }),
    positions: Type.Optional(Type.Array(PositionShape, { maxItems: POSITIONS_MAX })),
    orders: Type.Optional(Type.Array(OrderShape, { maxItems: POSITIONS_MAX })),
    creditLines: Type.Optional(Type.Array(CreditLineShape, { maxItems: 100 })),
  },
  { additionalProperties: false },
);

/** A book: one account, or a client's group of accounts. `market` and `methodology` are paths relative to the book. */
export const BookFileSchema: TSchema = Type.Object(
  {
    plimsoll: Type.Literal('book/1'),
    about: Type.Optional(Type.String({ maxLength: 2_000 })),
    market: Type.Optional(Type.String({ maxLength: 500 })),
    methodology: Type.Optional(Type.String({ maxLength: 500 })),
    history: Type.Optional(Type.String({ maxLength: 500 })),
    accounts: Type.Array(AccountShape, { minItems: 1, maxItems: 10_000 }),
  },
  { additionalProperties: false, $id: 'book/1' },
);

type AccountWire = Static<typeof AccountShape>;
export type BookFile = {
  readonly plimsoll: 'book/1';
  readonly about?: string;
  readonly market?: string;
  readonly methodology?: string;
  readonly history?: string;
  readonly accounts: readonly AccountWire[];
};

/** Checks the shape of a book file; what it refers to is resolved later by {@link parseAccounts}. */
export function parseBookFile(value: unknown): BookFile | Failure {
  return parseShape(BookFileSchema, value, 'book') as BookFile | Failure;
}

/** Turns the accounts of a book into domain accounts against a market: exact atoms, known assets and instruments, no duplicates. */
export function parseAccounts(book: BookFile, market: Market): Account[] | Failure {
  const ids = book.accounts.map((wire) => wire.account);
  const twice = refuseDuplicates(ids, (i) => `book.accounts[${i}].account`);
  if (twice !== null) return twice;
  return parseEach(book.accounts, (wire, i) => parseAccount(wire, market, `book.accounts[${i}]`));
}

function parseAccount(wire: AccountWire, market: Market, at: string): Account | Failure {
  const balances = parseBalances(wire.balances, market, `${at}.balances`);
  if (isFailure(balances)) return balances;
  const positions = parsePositions(wire, market, at);
  if (isFailure(positions)) return positions;
  const orders = parseOrders(wire, market, at);
  if (isFailure(orders)) return orders;
  const creditLines = parseCreditLines(wire, at);
  if (isFailure(creditLines)) return creditLines;
  return {
    id: wire.account,
    client: wire.client ?? wire.account,
    owner: wire.owner ?? wire.client ?? wire.account,
    mode: wire.mode ?? 'portfolio',
    balances,
    positions,
    orders,
    creditLines,
  };
}

function parseBalances(
  wire: Record<string, string | number>,
  market: Market,
  at: string,
): Map<string, bigint> | Failure {
  const balances = new Map<string, bigint>();
  for (const asset of Object.keys(wire).sort()) {
    const quote = market.assets.get(asset);
    if (quote === undefined) {
      return refuse('UNKNOWN_ASSET', {
        field: `${at}.${asset}`,
        value: asset,
        expected: 'an asset of the market',
      });
    }
    const atoms = decimalToAtoms(wire[asset]!, quote.asset.places, `${at}.${asset}`);
    if (isFailure(atoms)) return atoms;
    balances.set(asset, atoms);
  }
  return balances;
}

function parsePositions(wire: AccountWire, market: Market, at: string): Position[] | Failure {
  const positions = wire.positions ?? [];
  const ids = positions.map((position) => position.instrument);
  const twice = refuseDuplicates(ids, (j) => `${at}.positions[${j}].instrument`);
  if (twice !== null) return twice;
  return parseEach(positions, (position, j) => parsePosition(position, market, `${at}.positions[${j}]`));
}

function parsePosition(wire: Static<typeof PositionShape>, market: Market, at: string): Position | Failure {
  const product = market.products.get(wire.instrument);
  if (product === undefined || product.kind === 'spot') {
    return refuse('UNKNOWN_INSTRUMENT', {
      field: `${at}.instrument`,
      value: wire.instrument,
      expected: product === undefined ? 'a listed instrument' : 'a derivative; spot is held as a balance',
    });
  }
  const quantityAtoms = decimalToAtoms(wire.quantity, QUANTITY_PLACES, `${at}.quantity`);
  if (isFailure(quantityAtoms)) return quantityAtoms;
  const places = market.assets.get(product.settle)!.asset.places;
  const entry = wire.entryPrice === undefined ? null : decimalToNumber(wire.entryPrice, `${at}.entryPrice`);
  if (isFailure(entry)) return entry;
  const where = { market, field: `${at}.entryPrice` };
  const costAtoms = entryCostAtoms(product, { quantityAtoms, price: entry }, where);
  if (isFailure(costAtoms)) return costAtoms;
  const isolatedAtoms =
    wire.isolated === undefined ? null : decimalToAtoms(wire.isolated, places, `${at}.isolated`);
  if (isFailure(isolatedAtoms)) return isolatedAtoms;
  if (isolatedAtoms !== null && isolatedAtoms < 0n) {
    const expected = 'collateral of 0 or more';
    return refuse('NUMBER_OUT_OF_RANGE', { field: `${at}.isolated`, value: wire.isolated, expected });
  }
  return { instrument: wire.instrument, quantityAtoms, costAtoms, isolatedAtoms };
}

/** Refuses DUPLICATE_ID at the second item of one id. */
function refuseDuplicates(ids: readonly string[], at: (index: number) => string): Failure | null {
  const seen = new Set<string>();
  for (const [i, id] of ids.entries()) {
    if (seen.has(id)) return refuse('DUPLICATE_ID', { field: at(i), value: id, expected: 'a unique id' });
    seen.add(id);
  }
  return null;
}

function parseOrders(wire: AccountWire, market: Market, at: string): OrderHold[] | Failure {
  const ids = (wire.orders ?? []).map((order) => order.id);
  const twice = refuseDuplicates(ids, (j) => `${at}.orders[${j}].id`);
  if (twice !== null) return twice;
  return parseEach(wire.orders ?? [], (order, j) => {
    const here = `${at}.orders[${j}]`;
    const product = market.products.get(order.instrument);
    if (product === undefined || product.kind === 'spot') {
      return refuse('UNKNOWN_INSTRUMENT', {
        field: `${here}.instrument`,
        value: order.instrument,
        expected: product === undefined ? 'a listed instrument' : 'a derivative; spot needs no margin',
      });
    }
    const quantityAtoms = decimalToAtoms(order.quantity, QUANTITY_PLACES, `${here}.quantity`);
    if (isFailure(quantityAtoms)) return quantityAtoms;
    const price = decimalToNumber(order.price, `${here}.price`);
    if (isFailure(price)) return price;
    const cost = contractCost(product, price, { market, field: `${here}.price` });
    if (isFailure(cost)) return cost;
    return { id: order.id, instrument: order.instrument, quantityAtoms, price };
  });
}

function parseCreditLines(wire: AccountWire, at: string): CreditLine[] | Failure {
  const lines = wire.creditLines ?? [];
  const ids = lines.map((line) => line.id);
  const twice = refuseDuplicates(ids, (j) => `${at}.creditLines[${j}].id`);
  if (twice !== null) return twice;
  return parseEach(lines, (line, j) => parseCreditLine(line, `${at}.creditLines[${j}]`));
}

function parseCreditLine(wire: Static<typeof CreditLineShape>, at: string): CreditLine | Failure {
  const expiryMs = parseIsoTime(wire.expires, `${at}.expires`);
  if (isFailure(expiryMs)) return expiryMs;
  if (wire.grantor === wire.approver) {
    return refuse('SHAPE_INVALID', {
      field: `${at}.approver`,
      value: wire.approver,
      expected: 'a person other than the grantor',
    });
  }
  return {
    id: wire.id,
    limitUsd: wire.limitUsd,
    grantor: wire.grantor,
    approver: wire.approver,
    expiryMs,
  };
}
