import Type, { type Static, type TSchema } from 'typebox';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Command, MarketFrame } from '../engine/command.ts';
import type { SourceTick } from '../market/quality.ts';
import type { Asker, CommandWire } from './command-wire.ts';
import { parseUnderlying, UnderlyingShape, type UnderlyingWire } from './market-file.ts';
import { MethodologyFileSchema, parseMethodologyFile } from './methodology-file.ts';
import { type InstrumentWire, parseProduct, ProductShape } from './product-file.ts';
import { parseRules, RulesSchema } from './rules-file.ts';
import { Id, IsoTime, parseEach, parseIsoTime } from './scalars.ts';
import { assetFields, closed, Positive } from './shapes.ts';

const Why = Type.String({ minLength: 1, maxLength: 1_000 });
const ListAsset = closed({
  ...assetFields,
});
const ListInstrument = closed({ product: ProductShape });
const Ticks = Type.Array(closed({ source: Id, value: Positive, time: IsoTime }), { maxItems: 64 });
const Redemption = Type.Union([closed({ value: Positive, time: IsoTime }), Type.Null()]);
const AssetTicks = closed({ asset: Id, ticks: Ticks, redemption: Type.Optional(Redemption) });
const MarkTicks = closed({
  instrument: Id,
  ticks: Ticks,
  fundingRate: Type.Optional(Type.Union([Type.Number({ minimum: -1, maximum: 1 }), Type.Null()])),
});
const Frame = closed({
  assets: Type.Optional(Type.Array(AssetTicks, { maxItems: 10_000 })),
  marks: Type.Optional(Type.Array(MarkTicks, { maxItems: 20_000 })),
  underlyings: Type.Optional(Type.Array(UnderlyingShape, { maxItems: 1_000 })),
});
const SettleFunding = closed({ instrument: Id });
const SettleExpiry = closed({ instrument: Id, settlementPrice: Type.Number({ minimum: 0 }) });
const ProposeParameters = closed({
  proposal: Id,
  why: Why,
  methodology: MethodologyFileSchema,
  rules: Type.Optional(RulesSchema),
});
const ApproveParameters = closed({ proposal: Id });
const GrantCredit = closed({
  account: Id,
  line: Id,
  limitUsd: Type.Number({ minimum: 0, maximum: 1e15 }),
  expires: IsoTime,
});
const ApproveCredit = closed({ account: Id, line: Id });
const BREAKER_STATES = [
  'normal',
  'cautious',
  'reduce-only',
  'liquidations-paused',
  'halted',
  'released',
] as const;
const OverrideBreaker = closed({
  override: Id,
  scope: Id,
  state: Type.Union(BREAKER_STATES.map((state) => Type.Literal(state))),
  why: Why,
  until: IsoTime,
});
const ApproveOverride = closed({ override: Id });

type Body<S extends TSchema> = Static<S>;

function parseTicks(ticks: Body<typeof Ticks>, field: string): SourceTick[] | Failure {
  return parseEach(ticks, ({ source, value, time }, i): SourceTick | Failure => {
    const timeMs = parseIsoTime(time, `${field}[${i}].time`);
    return isFailure(timeMs) ? timeMs : { source, value, timeMs };
  });
}

type AssetUpdate = MarketFrame['assets'][number];
type MarkUpdate = MarketFrame['marks'][number];

function parseAssetTicks(wire: Body<typeof AssetTicks>, field: string): AssetUpdate | Failure {
  const ticks = parseTicks(wire.ticks, `${field}.ticks`);
  if (isFailure(ticks)) return ticks;
  const { asset, redemption } = wire;
  if (redemption === undefined) return { asset, ticks };
  if (redemption === null) return { asset, ticks, redemption };
  const timeMs = parseIsoTime(redemption.time, `${field}.redemption.time`);
  return isFailure(timeMs) ? timeMs : { asset, ticks, redemption: { value: redemption.value, timeMs } };
}

function parseMarkTicks(wire: Body<typeof MarkTicks>, field: string): MarkUpdate | Failure {
  const ticks = parseTicks(wire.ticks, `${field}.ticks`);
  if (isFailure(ticks)) return ticks;
  return { instrument: wire.instrument, ticks, fundingRate: wire.fundingRate ?? null };
}

function parseFrame(body: Body<typeof Frame>): Command | Failure {
  const assets = parseEach(body.assets ?? [], (one, i) => parseAssetTicks(one, `assets[${i}]`));
  if (isFailure(assets)) return assets;
  const marks = parseEach(body.marks ?? [], (one, i) => parseMarkTicks(one, `marks[${i}]`));
  if (isFailure(marks)) return marks;
  const quotes = parseEach((body.underlyings ?? []) as UnderlyingWire[], (one, i) =>
    parseUnderlying(one, `underlyings[${i}]`),
  );
  if (isFailure(quotes)) return quotes;
  const underlyings = quotes.map(({ id, forwards, surface, depth }) => ({
    id,
    forwards,
    depth,
    smiles: surface?.smiles ?? [],
  }));
  return { kind: 'MarketFrame', assets, marks, underlyings };
}

function parseListing(body: Body<typeof ListInstrument>): Command | Failure {
  const product = parseProduct(body.product as InstrumentWire, 'product');
  return isFailure(product) ? product : { kind: 'ListInstrument', product };
}

function parseProposal(body: Body<typeof ProposeParameters>, { by }: Asker): Command | Failure {
  const { proposal, why } = body;
  const methodology = parseMethodologyFile(body.methodology);
  if (isFailure(methodology)) return methodology;
  const command = { kind: 'ProposeParameters', proposal, by, why, methodology } as const;
  if (body.rules === undefined) return command;
  const rules = parseRules(body.rules);
  return isFailure(rules) ? rules : { ...command, rules };
}

function parseGrant(body: Body<typeof GrantCredit>, { by }: Asker): Command | Failure {
  const expiryMs = parseIsoTime(body.expires, 'expires');
  if (isFailure(expiryMs)) return expiryMs;
  const { account, line, limitUsd } = body;
  return { kind: 'GrantCredit', account, line, limitUsd, by, expiryMs };
}

function parseOverride(body: Body<typeof OverrideBreaker>, { by }: Asker): Command | Failure {
  const untilMs = parseIsoTime(body.until, 'until');
  if (isFailure(untilMs)) return untilMs;
  const { override, scope, state, why } = body;
  return { kind: 'OverrideBreaker', override, scope, state, by, why, untilMs };
}

type Kinds =
  | 'ListAsset'
  | 'ListInstrument'
  | 'MarketFrame'
  | 'SettleFunding'
  | 'SettleExpiry'
  | 'ProposeParameters'
  | 'ApproveParameters'
  | 'GrantCredit'
  | 'ApproveCredit'
  | 'OverrideBreaker'
  | 'ApproveOverride';

/** Commands about the venue: what it lists, its market, its parameters. */
export const VENUE_COMMANDS: Readonly<Record<Kinds, CommandWire>> = {
  ListAsset: {
    about: 'Lists an asset; its decimals stay for ever.',
    shape: ListAsset,
    parse: ({ issuer = null, pegTo = null, ...asset }: Body<typeof ListAsset>) => ({
      kind: 'ListAsset',
      asset: { ...asset, issuer, pegTo },
    }),
  },
  ListInstrument: {
    about: 'Lists a product on listed assets.',
    shape: ListInstrument,
    parse: parseListing,
  },
  MarketFrame: {
    about: 'What changed in the market. Prices are observations of sources and pass the quality gate.',
    shape: Frame,
    parse: parseFrame,
  },
  SettleFunding: {
    about: 'Exchanges the funding that a perpetual accrued since the last time.',
    shape: SettleFunding,
    parse: ({ instrument }: Body<typeof SettleFunding>) => ({ kind: 'SettleFunding', instrument }),
  },
  SettleExpiry: {
    about: 'Settles and closes an expired future or option.',
    shape: SettleExpiry,
    parse: ({ instrument, settlementPrice }: Body<typeof SettleExpiry>) => ({
      kind: 'SettleExpiry',
      instrument,
      settlementPrice,
    }),
  },
  ProposeParameters: {
    about: 'Proposes a dated methodology, and rules if any change; a second person must approve.',
    shape: ProposeParameters,
    parse: parseProposal,
  },
  ApproveParameters: {
    about: 'Approves what another person proposed.',
    shape: ApproveParameters,
    parse: ({ proposal }: Body<typeof ApproveParameters>, { by }) => ({
      kind: 'ApproveParameters',
      proposal,
      by,
    }),
  },
  GrantCredit: {
    about: 'Proposes an uncollateralised credit line with an end; a second person must approve.',
    shape: GrantCredit,
    parse: parseGrant,
  },
  ApproveCredit: {
    about: 'Approves a credit line that another person granted.',
    shape: ApproveCredit,
    parse: ({ account, line }: Body<typeof ApproveCredit>, { by }) => ({
      kind: 'ApproveCredit',
      account,
      line,
      by,
    }),
  },
  OverrideBreaker: {
    about: 'Holds a breaker in a state, or releases it; a second person must approve.',
    shape: OverrideBreaker,
    parse: parseOverride,
  },
  ApproveOverride: {
    about: 'Approves an override that another person asked for.',
    shape: ApproveOverride,
    parse: ({ override }: Body<typeof ApproveOverride>, { by }) => ({
      kind: 'ApproveOverride',
      override,
      by,
    }),
  },
};
