import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { DEFAULT_RULES } from '../engine/rules.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import type { Asker, Names } from './command-wire.ts';
import { COMMANDS, parseCommand, parseKind, WIRE_KINDS, type WireKind } from './commands.ts';
import { parseRules } from './rules-file.ts';

const names: Names = {
  placesOf: (asset) => ({ BTC: 8, USDC: 6, USD: 2 })[asset] ?? null,
  settleOf: (instrument) => ({ 'BTC-PERP': 'USDC', 'BTC-COIN': 'BTC' })[instrument] ?? null,
};
const asker: Asker = { names, by: 'risk-1' };
const parse = (kind: WireKind, body: unknown): unknown => parseCommand(kind, body, asker);

const METHODOLOGY = {
  plimsoll: 'methodology/1',
  id: 'venue',
  version: '2',
  effective: '2026-02-01T00:00:00Z',
  approvers: ['a', 'b'],
  maintenanceFrac: 0.75,
};

/** A sound body of every kind, and the command it stands for. */
const SOUND: Readonly<Record<WireKind, readonly [unknown, unknown]>> = {
  OpenAccount: [
    { account: 'a1', client: 'c1' },
    { kind: 'OpenAccount', account: 'a1', client: 'c1', owner: 'c1', mode: 'portfolio' },
  ],
  SetAccountMode: [
    { account: 'a1', mode: 'cross' },
    { kind: 'SetAccountMode', account: 'a1', mode: 'cross' },
  ],
  Deposit: [
    { id: 'd1', account: 'a1', asset: 'BTC', amount: '0.5' },
    { kind: 'Deposit', id: 'd1', account: 'a1', asset: 'BTC', atoms: 50_000_000n },
  ],
  Withdraw: [
    { id: 'w1', account: 'a1', asset: 'USD', amount: 12.5 },
    { kind: 'Withdraw', id: 'w1', account: 'a1', asset: 'USD', atoms: 1_250n },
  ],
  Transfer: [
    { id: 't1', from: 'a1', to: 'a2', asset: 'USDC', amount: '1' },
    { kind: 'Transfer', id: 't1', from: 'a1', to: 'a2', asset: 'USDC', atoms: 1_000_000n },
  ],
  IsolatePosition: [
    { account: 'a1', instrument: 'BTC-COIN', amount: '-1' },
    { kind: 'IsolatePosition', account: 'a1', instrument: 'BTC-COIN', atoms: -100_000_000n },
  ],
  SubmitOrder: [
    { account: 'a1', id: 'o1', instrument: 'BTC-PERP', quantity: '-0.001', price: '95000.5' },
    {
      kind: 'SubmitOrder',
      account: 'a1',
      order: {
        id: 'o1',
        instrument: 'BTC-PERP',
        quantityAtoms: -100_000n,
        price: 95_000.5,
        reduceOnly: false,
      },
    },
  ],
  CancelOrder: [
    { account: 'a1', id: 'o1' },
    { kind: 'CancelOrder', account: 'a1', orderId: 'o1' },
  ],
  Fill: [
    {
      executionId: 'e1',
      instrument: 'BTC-PERP',
      quantity: '1',
      price: 100,
      buyer: { account: 'a1', orderId: 'o1', fee: '0.000001' },
      seller: { account: 'a2' },
    },
    {
      kind: 'Fill',
      executionId: 'e1',
      instrument: 'BTC-PERP',
      quantityAtoms: 100_000_000n,
      price: 100,
      buyer: { account: 'a1', orderId: 'o1', feeAtoms: 1n },
      seller: { account: 'a2', orderId: null, feeAtoms: 0n },
    },
  ],
  BidAuction: [
    { auction: 'a1', bidder: 'a2', shareFrac: 0.5 },
    { kind: 'BidAuction', auction: 'a1', bidder: 'a2', shareFrac: 0.5 },
  ],
  ListAsset: [
    { id: 'SOL', places: 9, kind: 'coin' },
    { kind: 'ListAsset', asset: { id: 'SOL', places: 9, kind: 'coin', issuer: null, pegTo: null } },
  ],
  ListInstrument: [
    { product: { kind: 'spot', id: 'BTC_USDC', underlying: 'BTC', settle: 'USDC', lot: '0.1' } },
    {
      kind: 'ListInstrument',
      product: { kind: 'spot', id: 'BTC_USDC', underlying: 'BTC', settle: 'USDC', lotAtoms: 10_000_000n },
    },
  ],
  MarketFrame: [
    {
      assets: [
        {
          asset: 'BTC',
          ticks: [{ source: 's', value: 9, time: '2026-01-01T00:00:00Z' }],
          redemption: { value: 1, time: '2026-01-01' },
        },
        { asset: 'USD', ticks: [], redemption: null },
      ],
      marks: [{ instrument: 'BTC-PERP', ticks: [], fundingRate: 0.0001 }],
      underlyings: [
        {
          id: 'BTC',
          forwards: [{ expiry: '2026-02-01', forward: 10 }],
          surface: [{ kind: 'grid', expiry: '2026-02-01', logMoneyness: [0], vols: [0.5] }],
        },
      ],
    },
    {
      kind: 'MarketFrame',
      assets: [
        {
          asset: 'BTC',
          ticks: [{ source: 's', value: 9, timeMs: Date.UTC(2026, 0, 1) }],
          redemption: { value: 1, timeMs: Date.UTC(2026, 0, 1) },
        },
        { asset: 'USD', ticks: [], redemption: null },
      ],
      marks: [{ instrument: 'BTC-PERP', ticks: [], fundingRate: 0.0001 }],
      underlyings: [
        {
          id: 'BTC',
          forwards: [{ expiryMs: Date.UTC(2026, 1, 1), forward: 10, rate: 0, confidence: 1 }],
          smiles: [{ kind: 'grid', expiryMs: Date.UTC(2026, 1, 1), logMoneyness: [0], vols: [0.5] }],
          depth: null,
        },
      ],
    },
  ],
  SettleFunding: [{ instrument: 'BTC-PERP' }, { kind: 'SettleFunding', instrument: 'BTC-PERP' }],
  SettleExpiry: [
    { instrument: 'BTC-PERP', settlementPrice: 1 },
    { kind: 'SettleExpiry', instrument: 'BTC-PERP', settlementPrice: 1 },
  ],
  ProposeParameters: [
    { proposal: 'p1', why: 'calmer', methodology: METHODOLOGY, rules: { callMs: 1 } },
    {
      kind: 'ProposeParameters',
      proposal: 'p1',
      by: 'risk-1',
      why: 'calmer',
      methodology: {
        ...DEFAULT_METHODOLOGY,
        id: 'venue',
        version: '2',
        effectiveMs: Date.UTC(2026, 1, 1),
        about: '',
        approvers: ['a', 'b'],
        maintenanceFrac: 0.75,
      },
      rules: { ...DEFAULT_RULES, callMs: 1 },
    },
  ],
  ApproveParameters: [{ proposal: 'p1' }, { kind: 'ApproveParameters', proposal: 'p1', by: 'risk-1' }],
  GrantCredit: [
    { account: 'a1', line: 'l1', limitUsd: 5, expires: '2026-02-01' },
    {
      kind: 'GrantCredit',
      account: 'a1',
      line: 'l1',
      limitUsd: 5,
      by: 'risk-1',
      expiryMs: Date.UTC(2026, 1, 1),
    },
  ],
  ApproveCredit: [
    { account: 'a1', line: 'l1' },
    { kind: 'ApproveCredit', account: 'a1', line: 'l1', by: 'risk-1' },
  ],
  OverrideBreaker: [
    { override: 'v1', scope: 'venue', state: 'halted', why: 'drill', until: '2026-02-01' },
    {
      kind: 'OverrideBreaker',
      override: 'v1',
      scope: 'venue',
      state: 'halted',
      by: 'risk-1',
      why: 'drill',
      untilMs: Date.UTC(2026, 1, 1),
    },
  ],
  ApproveOverride: [{ override: 'v1' }, { kind: 'ApproveOverride', override: 'v1', by: 'risk-1' }],
};

describe('a command on the wire', () => {
  it.each(WIRE_KINDS)('%s says what it means', (kind) => {
    const [body, command] = SOUND[kind];
    expect(parse(kind, body)).toEqual(command);
    expect(COMMANDS[kind].about).toMatch(/\.$/);
  });

  it.each(WIRE_KINDS)('%s is refused with a field more, and for anything else but an object', (kind) => {
    const [body] = SOUND[kind];
    expect(parse(kind, { ...(body as object), more: 1 })).toMatchObject({
      failure: 'SHAPE_INVALID',
      field: `${kind}.more`,
      expected: 'no such field',
    });
    for (const other of [null, undefined, 5, 'x', [], true])
      expect(parse(kind, other)).toMatchObject({ failure: 'SHAPE_INVALID' });
  });

  it('never throws and never lets a doubtful value through', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WIRE_KINDS), fc.anything(), fc.nat(), (kind, junk, at) => {
        const body = SOUND[kind][0] as Record<string, unknown>;
        const keys = Object.keys(body);
        const parsed = parse(kind, { ...body, [keys[at % keys.length]!]: junk });
        expect(isFailure(parsed) || (parsed as { kind: string }).kind === kind).toBe(true);
        expect(isFailure(parse(kind, junk))).toBe(kind !== 'MarketFrame' || !isEmptyObject(junk));
      }),
      { seed: 71, numRuns: 3_000 },
    );
  });

  it.each<[WireKind, unknown, object]>([
    ['Deposit', { amount: '0.000000001' }, { failure: 'DECIMAL_INVALID', field: 'amount' }],
    ['Deposit', { amount: '1e3' }, { failure: 'DECIMAL_INVALID' }],
    ['Deposit', { asset: 'DOGE' }, { failure: 'UNKNOWN_ASSET', field: 'asset' }],
    ['IsolatePosition', { instrument: 'X' }, { failure: 'UNKNOWN_INSTRUMENT' }],
    ['SubmitOrder', { quantity: '0.000000001' }, { failure: 'DECIMAL_INVALID', field: 'quantity' }],
    ['SubmitOrder', { price: 'NaN' }, { failure: 'DECIMAL_INVALID' }],
    ['SubmitOrder', { price: '1e999' }, { failure: 'NUMBER_NOT_FINITE' }],
    ['SubmitOrder', { id: 'a|b' }, { failure: 'SHAPE_INVALID', field: 'SubmitOrder.id' }],
    ['GrantCredit', { expires: '2026-02-30' }, { failure: 'DATE_INVALID', field: 'expires' }],
    ['GrantCredit', { by: 'someone-else' }, { failure: 'SHAPE_INVALID', expected: 'no such field' }],
    ['BidAuction', { shareFrac: 1.1 }, { failure: 'NUMBER_OUT_OF_RANGE' }],
    ['OverrideBreaker', { state: 'asleep' }, { failure: 'SHAPE_INVALID' }],
    ['ProposeParameters', { rules: { callMs: -1 } }, { failure: 'NUMBER_OUT_OF_RANGE' }],
  ])('%s with %o is refused', (kind, change, failure) => {
    expect(parse(kind, { ...(SOUND[kind][0] as object), ...(change as object) })).toMatchObject(failure);
  });

  it('is known by its name, and the engine’s own commands have none', () => {
    expect(parseKind('Deposit')).toBe('Deposit');
    for (const own of ['OpenVenue', 'Tick', 'LiquidationStep', 'toString', ''])
      expect(parseKind(own)).toMatchObject({ failure: 'SHAPE_INVALID' });
  });
});

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

describe('rules of a venue', () => {
  it('are the default where nothing is said, and say null for what has no end', () => {
    expect(parseRules({})).toEqual(DEFAULT_RULES);
    const quality = { assets: { unchangedMsMax: null, floor: 1 } };
    expect(parseRules({ quality })).toMatchObject({
      quality: { assets: { unchangedMsMax: Infinity, floor: 1 }, marks: DEFAULT_RULES.quality.marks },
    });
  });

  it('may treat one price differently from its default', () => {
    const rules = parseRules({ quality: { exceptions: [{ id: 'USDE', parameters: { floor: 0.65 } }] } });
    expect(rules).toMatchObject({
      quality: { exceptions: [{ id: 'USDE', parameters: { ...DEFAULT_RULES.quality.assets, floor: 0.65 } }] },
    });
  });

  it('refuse what no rule is', () => {
    expect(parseRules({ liquidation: { deleveraging: 'lottery' } })).toMatchObject({
      failure: 'SHAPE_INVALID',
    });
    expect(parseRules({ averageMs: null })).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(parseRules({ liquidation: { auction: { feeRate: '1' } } })).toMatchObject({
      failure: 'SHAPE_INVALID',
    });
  });
});
