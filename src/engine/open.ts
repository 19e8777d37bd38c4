import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { DAY_MS } from '../base/instant.ts';
import { QUANTITY_PLACES } from '../base/amount.ts';
import { buildMarket } from '../market/build.ts';
import { HOUSE, listAsset, settlementAccount } from '../ledger/ledger.ts';
import type { Asset, Product } from '../product/product.ts';
import type { Command, OpenVenue } from './command.ts';
import type { AccountDoc } from './documents.ts';
import { reviseMarket } from './frames.ts';
import { judgeParameters } from './parameters.ts';
import { openRow } from './posting.ts';
import { NO_PRICE } from './prices.ts';
import { addClose, dayOf } from './refit.ts';
import { earliest, refuseText } from './refusal.ts';
import { DEFAULT_RULES } from './rules.ts';
import { accountIndex, type EngineState, ONLY, setAccount, type Turn } from './state.ts';
import { put } from './table.ts';
import { SLEEVE_MARK } from './unit.ts';

/** Opens the venue: parameters, house accounts, assets, products, history. Refuses VENUE_ALREADY_OPEN and what is not sound. */
export function openVenue(turn: Turn, command: OpenVenue): Failure | null {
  const { state, timeMs } = turn;
  if (state.tables.venue.items.length > 0) {
    return refuse('VENUE_ALREADY_OPEN', {
      field: 'venue',
      value: command.venue,
      expected: 'the first command only',
    });
  }
  const rules = command.rules ?? DEFAULT_RULES;
  const refused = earliest([
    refuseText(command.venue, 'venue'),
    judgeParameters(command.methodology, rules),
    judgeListings(command.assets, command.products, timeMs),
    judgeHistory(command),
  ]);
  if (refused !== null) return refused;
  put(state.tables.venue, ONLY, { venue: command.venue, openedMs: timeMs });
  put(state.tables.parameters, ONLY, { methodology: command.methodology, rules });
  put(state.tables.clock, ONLY, { revision: 0, marketMs: 0, dayMs: 0 });
  for (const kind of ['fee', 'insurance', 'custody'] as const) openRow(state, HOUSE[kind], kind);
  turn.events.push({ kind: 'VenueOpened', venue: command.venue });
  for (const asset of command.assets) addAsset(turn, asset);
  for (const product of command.products) addInstrument(turn, product);
  for (const close of closesOf(command)) addClose(state, close);
  return null;
}

type Close = { dayMs: number; closes: { asset: string; value: number }[] };

/** The history by day; a value that is no price is a gap. */
function closesOf({ history }: OpenVenue): Close[] {
  const days: Close[] = [];
  const startMs = dayOf(history.startMs);
  for (const { asset, values } of history.closes) {
    for (const [day, value] of values.entries()) {
      days[day] ??= { dayMs: startMs + day * DAY_MS, closes: [] };
      if (value > 0 && Number.isFinite(value)) days[day].closes.push({ asset, value });
    }
  }
  return days.filter((day) => day.closes.length > 0);
}

function judgeHistory({ history, assets }: OpenVenue): Failure | null {
  if (!Number.isSafeInteger(history.startMs)) {
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'history.startMs',
      value: history.startMs,
      expected: 'whole milliseconds',
    });
  }
  const bad = history.closes.find(({ asset }) => !assets.some(({ id }) => id === asset));
  if (bad === undefined) return null;
  return refuse('UNKNOWN_ASSET', {
    field: 'history.closes',
    value: bad.asset,
    expected: 'an asset of the venue',
  });
}

/** Lists an asset. Refuses DUPLICATE_ID and what no asset can be. */
export function listOneAsset(turn: Turn, asset: Asset): Failure | null {
  const { state } = turn;
  const taken = state.tables.assets.indexOf.has(asset.id) || state.tables.instruments.indexOf.has(asset.id);
  const refused = earliest([
    taken ? duplicate('asset.id', asset.id) : null,
    judgeListings([asset], [], turn.timeMs),
  ]);
  if (refused !== null) return refused;
  addAsset(turn, asset);
  return null;
}

/** Lists an instrument on assets that are listed. Refuses DUPLICATE_ID, UNKNOWN_ASSET, INSTRUMENT_EXPIRED and the like. */
export function listOneInstrument(turn: Turn, product: Product): Failure | null {
  const { state } = turn;
  const taken =
    state.tables.assets.indexOf.has(product.id) || state.tables.instruments.indexOf.has(product.id);
  const assets = state.tables.assets.items.map(({ asset }) => asset);
  const refused = earliest([
    taken ? duplicate('product.id', product.id) : null,
    judgeListings(assets, [product], turn.timeMs),
  ]);
  if (refused !== null) return refused;
  addInstrument(turn, product);
  if (state.market !== null) reviseMarket(turn, []);
  return null;
}

/** Whether a market could be made of these: the checks of `buildMarket` with every asset at 1. */
function judgeListings(
  assets: readonly Asset[],
  products: readonly Product[],
  timeMs: number,
): Failure | null {
  for (const { id, issuer, pegTo } of assets) {
    const bad = [id, issuer ?? id, pegTo ?? id]
      .map((text) => refuseText(text, 'asset'))
      .find((one) => one !== null);
    if (bad !== undefined) return bad;
  }
  const one = { value: 1, ageMs: 0, confidence: 1, degraded: false };
  const market = buildMarket({
    revision: 0,
    timeMs,
    assets: assets.map((asset) => ({ asset, index: one, averageValue: 1, redemptionValue: null })),
    underlyings: [],
    products,
    quotes: [],
  });
  if (isFailure(market)) return market;
  for (const product of products) {
    const bad =
      refuseText(product.id, 'product.id') ?? judgeName(product, assets) ?? judgeLot(product, assets);
    if (bad !== null) return bad;
  }
  return null;
}

/** An instrument has neither the name of an asset nor the sign that separates sleeves; its settlement account fits the books. */
function judgeName({ id }: Product, assets: readonly Asset[]): Failure | null {
  if (assets.some((asset) => asset.id === id)) return duplicate('product.id', id);
  if (!id.includes(SLEEVE_MARK) && settlementAccount(id).length <= 128) return null;
  const expected = `at most ${128 - settlementAccount('').length} characters without ${SLEEVE_MARK}`;
  return refuse('SHAPE_INVALID', { field: 'product.id', value: id, expected });
}

/** One lot of a spot pair is a whole number of atoms of what changes hands. */
function judgeLot(product: Product, assets: readonly Asset[]): Failure | null {
  if (product.kind !== 'spot') return null;
  const { places } = assets.find(({ id }) => id === product.underlying)!;
  if ((product.lotAtoms * 10n ** BigInt(places)) % 10n ** BigInt(QUANTITY_PLACES) === 0n) return null;
  return refuse('NUMBER_OUT_OF_RANGE', {
    field: 'product.lotAtoms',
    value: product.lotAtoms,
    expected: `a lot of whole atoms of ${product.underlying}`,
  });
}

function addAsset({ state, events }: Turn, asset: Asset): void {
  listAsset(state.ledger, asset);
  state.ledgerAssets = true;
  const empty = { averageValue: 0, averageMs: 0, redemptionValue: null };
  put(state.tables.assets, asset.id, { asset, price: NO_PRICE, ...empty });
  events.push({ kind: 'AssetListed', asset: asset.id });
}

function addInstrument({ state, events }: Turn, product: Product): void {
  openRow(state, settlementAccount(product.id), 'settlement');
  const empty = { fundingRate: null, fundedMs: 0, settlementPrice: null };
  put(state.tables.instruments, product.id, { product, price: NO_PRICE, ...empty });
  events.push({ kind: 'InstrumentListed', instrument: product.id });
}

/** Opens an account. Refuses SHAPE_INVALID (an id that is long, blank, begins with $ or separates sleeves) and DUPLICATE_ID. */
export function openAccount(turn: Turn, command: Command & { kind: 'OpenAccount' }): Failure | null {
  const { state } = turn;
  const { account: id, client, owner, mode } = command;
  const isOwn = id.startsWith('$') || id.includes(SLEEVE_MARK);
  const expected = `not beginning with $, without ${SLEEVE_MARK}`;
  const refused = earliest([
    refuseText(id, 'account'),
    refuseText(client, 'client'),
    refuseText(owner, 'owner'),
    isOwn ? refuse('SHAPE_INVALID', { field: 'account', value: id, expected }) : null,
    accountIndex(state, id) === null ? null : duplicate('account', id),
  ]);
  if (refused !== null) return refused;
  openRow(state, id, 'client');
  setAccount(state, emptyAccount({ id, client, owner, mode, parent: null }));
  turn.events.push({ kind: 'AccountOpened', account: id });
  return null;
}

/** An account with nothing in it. */
export function emptyAccount(
  of: Pick<AccountDoc, 'id' | 'client' | 'owner' | 'mode' | 'parent'>,
): AccountDoc {
  return {
    ...of,
    sleeves: [],
    positions: [],
    orders: [],
    credit: [],
    health: 'healthy',
    call: null,
    liquidation: null,
  };
}

function duplicate(field: string, value: string): Failure {
  return refuse('DUPLICATE_ID', { field, value, expected: 'an id that is not taken' });
}

/** Whether the venue is open; VENUE_NOT_OPEN if not. */
export function refuseClosed(state: EngineState): Failure | null {
  if (state.tables.venue.items.length > 0) return null;
  return refuse('VENUE_NOT_OPEN', {
    field: 'command',
    value: 'before OpenVenue',
    expected: 'OpenVenue first',
  });
}
