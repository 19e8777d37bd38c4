import fc from 'fast-check';
import type { Command } from '../engine/command.ts';
import { DEFAULT_RULES } from '../engine/rules.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
const words = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => s.isWellFormed());
const atoms = fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n });
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const time = fc.nat(4_000_000_000_000);
const mode = fc.constantFrom('isolated', 'cross', 'portfolio');
const asset = fc.record({
  id,
  places: fc.nat(18),
  kind: fc.constantFrom('coin', 'stable', 'fiat', 'index'),
  issuer: fc.option(id),
  pegTo: fc.option(id),
});
const listed = { id, underlying: id, settle: id, lotAtoms: atoms };
const derivative = { ...listed, form: fc.constantFrom('linear', 'inverse'), contractSize: number };
const product = fc.oneof(
  fc.record({ kind: fc.constant('spot'), ...listed }),
  fc.record({ kind: fc.constant('perpetual'), ...derivative }),
  fc.record({ kind: fc.constant('future'), ...derivative, expiryMs: time }),
  fc.record({
    kind: fc.constant('option'),
    ...derivative,
    expiryMs: time,
    strike: number,
    right: fc.constantFrom('call', 'put'),
  }),
);
const ticks = fc.array(fc.record({ source: id, value: number, timeMs: time }), { maxLength: 3 });
const smile = fc.oneof(
  fc.record({
    kind: fc.constant('svi'),
    expiryMs: time,
    a: number,
    b: number,
    rho: number,
    m: number,
    sigma: number,
  }),
  fc.record({
    kind: fc.constant('grid'),
    expiryMs: time,
    logMoneyness: fc.array(number, { maxLength: 3 }),
    vols: fc.array(number, { maxLength: 3 }),
  }),
);
const frame = fc.record({
  kind: fc.constant('MarketFrame'),
  assets: fc.array(
    fc.record(
      { asset: id, ticks, redemption: fc.option(fc.record({ value: number, timeMs: time })) },
      { requiredKeys: ['asset', 'ticks'] },
    ),
    { maxLength: 3 },
  ),
  marks: fc.array(fc.record({ instrument: id, ticks, fundingRate: fc.option(number) }), { maxLength: 3 }),
  underlyings: fc.array(
    fc.record({
      id,
      forwards: fc.array(fc.record({ expiryMs: time, forward: number, rate: number, confidence: number }), {
        maxLength: 2,
      }),
      smiles: fc.array(smile, { maxLength: 2 }),
      depth: fc.option(
        fc.record({
          dailyVolume: number,
          halfSpreadFrac: number,
          bands: fc.array(fc.record({ bandFrac: number, quantity: number }), { maxLength: 2 }),
        }),
      ),
    }),
    { maxLength: 2 },
  ),
});
const methodology = fc.constant(DEFAULT_METHODOLOGY);
const rules = fc.constant(DEFAULT_RULES);
const side = fc.record({ account: id, orderId: fc.option(id), feeAtoms: atoms });
const movement = { id, account: id, asset: id, atoms };
const plain = (kind: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record({ kind: fc.constant(kind), ...fields });

/** Commands of every kind, with values at random: for encodings, not for an engine. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('OpenVenue'),
      venue: id,
      assets: fc.array(asset, { maxLength: 3 }),
      products: fc.array(product, { maxLength: 3 }),
      methodology,
      rules,
      history: fc.record({
        startMs: time,
        closes: fc.array(fc.record({ asset: id, values: fc.array(number, { maxLength: 3 }) }), {
          maxLength: 2,
        }),
      }),
    },
    { requiredKeys: ['kind', 'venue', 'assets', 'products', 'methodology', 'history'] },
  ),
  plain('ListAsset', { asset }),
  plain('ListInstrument', { product }),
  plain('OpenAccount', { account: id, client: id, owner: id, mode }),
  plain('SetAccountMode', { account: id, mode }),
  plain('Deposit', movement),
  plain('Withdraw', movement),
  plain('Transfer', { id, from: id, to: id, asset: id, atoms }),
  plain('IsolatePosition', { account: id, instrument: id, atoms }),
  plain('SubmitOrder', {
    account: id,
    order: fc.record({ id, instrument: id, quantityAtoms: atoms, price: number, reduceOnly: fc.boolean() }),
  }),
  plain('CancelOrder', { account: id, orderId: id }),
  plain('Fill', {
    executionId: id,
    instrument: id,
    quantityAtoms: atoms,
    price: number,
    buyer: side,
    seller: side,
  }),
  frame,
  plain('SettleFunding', { instrument: id }),
  plain('SettleExpiry', { instrument: id, settlementPrice: number }),
  fc.record(
    { kind: fc.constant('ProposeParameters'), proposal: id, by: words, why: words, methodology, rules },
    { requiredKeys: ['kind', 'proposal', 'by', 'why', 'methodology'] },
  ),
  plain('ApproveParameters', { proposal: id, by: words }),
  plain('GrantCredit', { account: id, line: id, limitUsd: number, by: words, expiryMs: time }),
  plain('ApproveCredit', { account: id, line: id, by: words }),
  plain('OverrideBreaker', {
    override: id,
    scope: id,
    state: fc.constantFrom('normal', 'cautious', 'reduce-only', 'liquidations-paused', 'halted', 'released'),
    by: words,
    why: words,
    untilMs: time,
  }),
  plain('ApproveOverride', { override: id, by: words }),
  plain('BidAuction', { auction: id, bidder: id, shareFrac: number }),
  plain('LiquidationStep', { account: id }),
  fc.record({ kind: fc.constant('Tick'), lagMs: number }, { requiredKeys: ['kind'] }),
) as fc.Arbitrary<Command>;
