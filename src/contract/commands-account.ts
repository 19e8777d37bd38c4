import Type, { type Static, type TSchema } from 'typebox';
import { isFailure } from '../base/failure.ts';
import type { Command, FillSide } from '../engine/command.ts';
import { type Asker, type CommandWire, parseAmount, parseSettleAmount, parseTerms } from './command-wire.ts';
import type { Failure } from '../base/failure.ts';
import { Decimal, Id } from './scalars.ts';
import { closed } from './shapes.ts';

const Mode = Type.Union([Type.Literal('isolated'), Type.Literal('cross'), Type.Literal('portfolio')]);
const OpenAccount = closed({
  account: Id,
  client: Type.Optional(Id),
  owner: Type.Optional(Id),
  mode: Type.Optional(Mode),
});
const SetAccountMode = closed({ account: Id, mode: Mode });
/** Also names that the venue gives itself: house accounts, sleeves, orders of a liquidation. */
const AnyId = Type.String({ pattern: '^[$]?[A-Za-z0-9_.:/+@|-]{1,128}$' });
const Movement = closed({ id: Id, account: AnyId, asset: Id, amount: Decimal });
const Transfer = closed({ id: Id, from: Id, to: Id, asset: Id, amount: Decimal });
const IsolatePosition = closed({ account: Id, instrument: Id, amount: Decimal });
const SubmitOrder = closed({
  account: Id,
  id: Id,
  instrument: Id,
  quantity: Decimal,
  price: Decimal,
  reduceOnly: Type.Optional(Type.Boolean()),
});
const CancelOrder = closed({ account: Id, id: Id });
const Side = closed({
  account: Id,
  orderId: Type.Optional(Type.Union([AnyId, Type.Null()])),
  fee: Type.Optional(Decimal),
});
const Fill = closed({
  executionId: Id,
  instrument: Id,
  quantity: Decimal,
  price: Decimal,
  buyer: Side,
  seller: Side,
});
const BidAuction = closed({
  auction: AnyId,
  bidder: Id,
  shareFrac: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
});

type Body<S extends TSchema> = Static<S>;

function parseMovement(
  kind: 'Deposit' | 'Withdraw',
): (body: Body<typeof Movement>, asker: Asker) => Command | Failure {
  return ({ id, account, asset, amount }, { names }) => {
    const atoms = parseAmount(amount, asset, { names, field: 'amount' });
    return isFailure(atoms) ? atoms : { kind, id, account, asset, atoms };
  };
}

function parseTransfer(body: Body<typeof Transfer>, { names }: Asker): Command | Failure {
  const { id, from, to, asset, amount } = body;
  const atoms = parseAmount(amount, asset, { names, field: 'amount' });
  return isFailure(atoms) ? atoms : { kind: 'Transfer', id, from, to, asset, atoms };
}

function parseIsolation(body: Body<typeof IsolatePosition>, { names }: Asker): Command | Failure {
  const { account, instrument, amount } = body;
  const atoms = parseSettleAmount(amount, instrument, { names, field: 'amount' });
  return isFailure(atoms) ? atoms : { kind: 'IsolatePosition', account, instrument, atoms };
}

function parseOrder(body: Body<typeof SubmitOrder>): Command | Failure {
  const terms = parseTerms(body);
  if (isFailure(terms)) return terms;
  const { account, id, instrument, reduceOnly = false } = body;
  return { kind: 'SubmitOrder', account, order: { id, instrument, ...terms, reduceOnly } };
}

function parseFill(body: Body<typeof Fill>, asker: Asker): Command | Failure {
  const terms = parseTerms(body);
  if (isFailure(terms)) return terms;
  const { executionId, instrument } = body;
  const side = (which: 'buyer' | 'seller'): FillSide | Failure => {
    const { account, orderId = null, fee = '0' } = body[which];
    const feeAtoms = parseSettleAmount(fee, instrument, { names: asker.names, field: `${which}.fee` });
    return isFailure(feeAtoms) ? feeAtoms : { account, orderId, feeAtoms };
  };
  const buyer = side('buyer');
  if (isFailure(buyer)) return buyer;
  const seller = side('seller');
  if (isFailure(seller)) return seller;
  return { kind: 'Fill', executionId, instrument, ...terms, buyer, seller };
}

type Kinds =
  | 'OpenAccount'
  | 'SetAccountMode'
  | 'Deposit'
  | 'Withdraw'
  | 'Transfer'
  | 'IsolatePosition'
  | 'SubmitOrder'
  | 'CancelOrder'
  | 'Fill'
  | 'BidAuction';

/** Commands about accounts and what is in them. */
export const ACCOUNT_COMMANDS: Readonly<Record<Kinds, CommandWire>> = {
  OpenAccount: {
    about: 'Opens an account of a client; its beneficial owner is the client unless named.',
    shape: OpenAccount,
    parse: ({ account, client = account, owner = client, mode = 'portfolio' }: Body<typeof OpenAccount>) => ({
      kind: 'OpenAccount',
      account,
      client,
      owner,
      mode,
    }),
  },
  SetAccountMode: {
    about: 'Margins an account another way, if it can afford to be.',
    shape: SetAccountMode,
    parse: ({ account, mode }: Body<typeof SetAccountMode>) => ({ kind: 'SetAccountMode', account, mode }),
  },
  Deposit: {
    about: 'Credits what arrived in custody. Applied once per id.',
    shape: Movement,
    parse: parseMovement('Deposit'),
  },
  Withdraw: {
    about: 'Pays out what stressed margin leaves. Applied once per id.',
    shape: Movement,
    parse: parseMovement('Withdraw'),
  },
  Transfer: {
    about: 'Moves an asset between two accounts. Applied once per id.',
    shape: Transfer,
    parse: parseTransfer,
  },
  IsolatePosition: {
    about: 'Sets collateral aside for one position; a negative amount gives it back to the pool.',
    shape: IsolatePosition,
    parse: parseIsolation,
  },
  SubmitOrder: {
    about: 'Judges an order before the trade and holds it at its worst side. Quantity: + buys, − sells.',
    shape: SubmitOrder,
    parse: parseOrder,
  },
  CancelOrder: {
    about: 'Closes an open order and frees what it held.',
    shape: CancelOrder,
    parse: ({ account, id }: Body<typeof CancelOrder>) => ({ kind: 'CancelOrder', account, orderId: id }),
  },
  Fill: {
    about: 'A trade of the matching engine, both sides at once. Applied once per execution id.',
    shape: Fill,
    parse: parseFill,
  },
  BidAuction: {
    about: 'Bids for a share of an account in auction, at the price of the moment.',
    shape: BidAuction,
    parse: ({ auction, bidder, shareFrac }: Body<typeof BidAuction>) => ({
      kind: 'BidAuction',
      auction,
      bidder,
      shareFrac,
    }),
  },
};
