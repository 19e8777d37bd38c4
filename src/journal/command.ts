import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { decode, encode, type Value } from '../base/value.ts';
import type { Command, FillSide, MarketFrame, Movement } from '../engine/command.ts';
import type { SourceTick } from '../market/quality.ts';
import type { Depth, ForwardQuote } from '../market/market.ts';
import type { Smile } from '../market/surface.ts';
import type { AccountMode } from '../portfolio/account.ts';
import type { Asset, Form, Product } from '../product/product.ts';
import {
  atoms,
  finite,
  flag,
  type Layout,
  list,
  nullable,
  oneOf,
  record,
  type Reading,
  tagged,
  text,
} from './layout.ts';
import { methodologyLayout, rulesLayout } from './methodology-layout.ts';
import type { RecordKind } from './record.ts';

type Of<K extends Command['kind']> = Extract<Command, { readonly kind: K }>;

const form: Layout<Form> = oneOf('linear', 'inverse');
const mode: Layout<AccountMode> = oneOf('isolated', 'cross', 'portfolio');

const asset: Layout<Asset> = record<Asset>({
  id: text,
  places: finite,
  kind: oneOf('coin', 'stable', 'fiat', 'index'),
  issuer: nullable(text),
  pegTo: nullable(text),
});

const listed = { id: text, underlying: text, settle: text, lotAtoms: atoms };
const derivative = { ...listed, form, contractSize: finite };
type ProductOf<K extends Product['kind']> = Extract<Product, { readonly kind: K }>;
const product: Layout<Product> = tagged<Product, 'kind'>('kind', {
  spot: record<ProductOf<'spot'>>({ kind: oneOf('spot'), ...listed }),
  perpetual: record<ProductOf<'perpetual'>>({ kind: oneOf('perpetual'), ...derivative }),
  future: record<ProductOf<'future'>>({ kind: oneOf('future'), ...derivative, expiryMs: finite }),
  option: record<ProductOf<'option'>>({
    kind: oneOf('option'),
    ...derivative,
    expiryMs: finite,
    strike: finite,
    right: oneOf('call', 'put'),
  }),
});

const ticks: Layout<readonly SourceTick[]> = list(
  record<SourceTick>({ source: text, value: finite, timeMs: finite }),
);
const forward: Layout<ForwardQuote> = record<ForwardQuote>({
  expiryMs: finite,
  forward: finite,
  rate: finite,
  confidence: finite,
});
type SmileOf<K extends Smile['kind']> = Extract<Smile, { readonly kind: K }>;
const smile: Layout<Smile> = tagged<Smile, 'kind'>('kind', {
  svi: record<SmileOf<'svi'>>(
    {
      kind: oneOf('svi'),
      expiryMs: finite,
      a: finite,
      b: finite,
      rho: finite,
      m: finite,
      sigma: finite,
      fittedMs: finite,
    },
    ['fittedMs'],
  ),
  grid: record<SmileOf<'grid'>>({
    kind: oneOf('grid'),
    expiryMs: finite,
    logMoneyness: list(finite),
    vols: list(finite),
  }),
});
const depth: Layout<Depth> = record<Depth>({
  dailyVolume: finite,
  halfSpreadFrac: finite,
  bands: list(record({ bandFrac: finite, quantity: finite })),
});

type AssetUpdate = MarketFrame['assets'][number];
const frame: Layout<MarketFrame> = record<MarketFrame>({
  kind: oneOf('MarketFrame'),
  assets: list(
    record<AssetUpdate>(
      { asset: text, ticks, redemption: nullable(record({ value: finite, timeMs: finite })) },
      ['redemption'],
    ),
  ),
  marks: list(
    record<MarketFrame['marks'][number]>({ instrument: text, ticks, fundingRate: nullable(finite) }),
  ),
  underlyings: list(
    record<MarketFrame['underlyings'][number]>({
      id: text,
      forwards: list(forward),
      smiles: list(smile),
      depth: nullable(depth),
    }),
  ),
});

const side: Layout<FillSide> = record<FillSide>({ account: text, orderId: nullable(text), feeAtoms: atoms });
const movement: { readonly [K in keyof Movement]: Layout<Movement[K]> } = {
  id: text,
  account: text,
  asset: text,
  atoms,
};

const VARIANTS: { readonly [K in Command['kind']]: Layout<Of<K>> } = {
  OpenVenue: record<Of<'OpenVenue'>>(
    {
      kind: oneOf('OpenVenue'),
      venue: text,
      assets: list(asset),
      products: list(product),
      methodology: methodologyLayout,
      rules: rulesLayout,
      history: record({ startMs: finite, closes: list(record({ asset: text, values: list(finite) })) }),
    },
    ['rules'],
  ),
  ListAsset: record({ kind: oneOf('ListAsset'), asset }),
  ListInstrument: record({ kind: oneOf('ListInstrument'), product }),
  OpenAccount: record({ kind: oneOf('OpenAccount'), account: text, client: text, owner: text, mode }),
  SetAccountMode: record({ kind: oneOf('SetAccountMode'), account: text, mode }),
  Deposit: record<Of<'Deposit'>>({ kind: oneOf('Deposit'), ...movement }),
  Withdraw: record<Of<'Withdraw'>>({ kind: oneOf('Withdraw'), ...movement }),
  Transfer: record({ kind: oneOf('Transfer'), id: text, from: text, to: text, asset: text, atoms }),
  IsolatePosition: record({ kind: oneOf('IsolatePosition'), account: text, instrument: text, atoms }),
  SubmitOrder: record({
    kind: oneOf('SubmitOrder'),
    account: text,
    order: record({ id: text, instrument: text, quantityAtoms: atoms, price: finite, reduceOnly: flag }),
  }),
  CancelOrder: record({ kind: oneOf('CancelOrder'), account: text, orderId: text }),
  Fill: record<Of<'Fill'>>({
    kind: oneOf('Fill'),
    executionId: text,
    instrument: text,
    quantityAtoms: atoms,
    price: finite,
    buyer: side,
    seller: side,
  }),
  MarketFrame: frame,
  SettleFunding: record({ kind: oneOf('SettleFunding'), instrument: text }),
  SettleExpiry: record({ kind: oneOf('SettleExpiry'), instrument: text, settlementPrice: finite }),
  ProposeParameters: record<Of<'ProposeParameters'>>(
    {
      kind: oneOf('ProposeParameters'),
      proposal: text,
      by: text,
      why: text,
      methodology: methodologyLayout,
      rules: rulesLayout,
    },
    ['rules'],
  ),
  ApproveParameters: record({ kind: oneOf('ApproveParameters'), proposal: text, by: text }),
  GrantCredit: record({
    kind: oneOf('GrantCredit'),
    account: text,
    line: text,
    limitUsd: finite,
    by: text,
    expiryMs: finite,
  }),
  ApproveCredit: record({ kind: oneOf('ApproveCredit'), account: text, line: text, by: text }),
  OverrideBreaker: record({
    kind: oneOf('OverrideBreaker'),
    override: text,
    scope: text,
    state: oneOf('normal', 'cautious', 'reduce-only', 'liquidations-paused', 'halted', 'released'),
    by: text,
    why: text,
    untilMs: finite,
  }),
  ApproveOverride: record({ kind: oneOf('ApproveOverride'), override: text, by: text }),
  BidAuction: record({ kind: oneOf('BidAuction'), auction: text, bidder: text, shareFrac: finite }),
  LiquidationStep: record({ kind: oneOf('LiquidationStep'), account: text }),
  Tick: record<Of<'Tick'>>({ kind: oneOf('Tick'), lagMs: finite }, ['lagMs']),
};

const commandLayout: Layout<Command> = tagged<Command, 'kind'>('kind', VARIANTS);

/**
 * The canonical bytes of a command, as a journal holds them. Refuses ENCODING_INVALID for what {@link decodeCommand} would not give back:
 * numbers that are not finite, text that is not well formed, fields that no command has.
 */
export function encodeCommand(command: Command): Uint8Array | Failure {
  const value = command as unknown as Value;
  const bytes = encode(value);
  if (isFailure(bytes)) return bytes;
  const reading: Reading = { path: [], trouble: null };
  commandLayout(value, reading);
  return reading.trouble === null ? bytes : invalid(reading.trouble);
}

/** The command in exactly these bytes. Refuses ENCODING_INVALID for everything that {@link encodeCommand} does not write. */
export function decodeCommand(bytes: Uint8Array): Command | Failure {
  const decoded = decode(bytes);
  if (isFailure(decoded)) return decoded;
  const reading: Reading = { path: [], trouble: null };
  const command = commandLayout(decoded.value, reading);
  return reading.trouble === null ? command : invalid(reading.trouble);
}

/** The kind of record that a command is kept in: the one that opens the venue is its genesis. */
export function recordKindOf(command: Command): RecordKind {
  return command.kind === 'OpenVenue' ? 'genesis' : 'command';
}

function invalid(expected: string): Failure {
  return refuse('ENCODING_INVALID', { field: 'command', value: 'something else', expected });
}
