import { describeFailure, type Failure, isFailure } from '../../base/failure.ts';
import {
  applyBid,
  type AuctionAccount,
  auctionDiscount,
  auctionFee,
  bufferMargin,
  DERIVE_AUCTION,
  maxShare,
} from '../../liquidation/auction.ts';
import { assessGrid } from '../../margin/grid/assess.ts';
import type { GridBook } from '../../margin/grid/book.ts';
import type { GridModel } from '../../margin/grid/model.ts';
import { DERIVE_PMRM1 } from '../../margin/grid/presets.ts';
import { readArrayBook } from './derive-pmrm1-read.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { compare, fail, skip } from './compare.ts';
import { type Json, listOf, objectOf, rowsOf } from './json.ts';
import { casesIn, fixed, isRecord, jsonFiles, nameOfFile, plain } from './venue-json.ts';

/** Absolute, in dollars and in shares. */
const TOLERANCE = 1e-9;

/** What is left of the account between steps. */
type Position = {
  /** Share of every original position that is unsold. */
  readonly unsold: number;
  readonly cash: number;
  readonly reserved: number;
};

/** The vol feed of a moment for every original option, by strike and expiry; an option without one keeps its first vol. */
function volsOf(original: Json, feeds: Json): readonly unknown[] {
  const keyed = (from: Json): readonly string[] => {
    const expiries = listOf(from['OptionExpiries']);
    return listOf(from['OptionStrikes']).map((strike, i) => `${fixed(strike)} ${plain(expiries[i])}`);
  };
  const fed = keyed(feeds);
  return keyed(original).map((key, i) => {
    const at = fed.lastIndexOf(key);
    return listOf(feeds['OptionVols'])[at] ?? listOf(original['OptionVols'])[i];
  });
}

/** The original positions in the feeds of a moment, scaled to what is unsold. */
function bookAt(original: Json, feeds: Json, at: Position & { readonly timeSeconds: number }): GridBook {
  // Positions come from the start of the simulation, prices from the step.
  const positions = ['OptionStrikes', 'OptionExpiries', 'OptionIsCall', 'OptionAmounts', 'Perps', 'Base'];
  const held = Object.fromEntries(
    positions.flatMap((key) => (key in original ? [[key, original[key]]] : [])),
  );
  const OptionVols = volsOf(original, feeds);
  const book = readArrayBook({ ...original, ...feeds, ...held, OptionVols }, at.timeSeconds);
  return {
    ...book,
    cash: at.cash,
    perpetuals: book.perpetuals.map((perpetual) => ({
      ...perpetual,
      quantity: perpetual.quantity * at.unsold,
    })),
    collaterals: book.collaterals.map((base) => ({ ...base, amount: base.amount * at.unsold })),
    expiries: book.expiries.map((expiry) => ({
      ...expiry,
      forwardFixed: 0,
      forwardVariable: expiry.forwardFixed + expiry.forwardVariable,
      legs: expiry.legs.map((leg) => ({ ...leg, amount: leg.amount * at.unsold })),
    })),
  };
}

function accountOf(book: GridBook, model: GridModel, reserved: number): AuctionAccount | Failure {
  const result = assessGrid(book, model);
  if (isFailure(result)) return result;
  return { markToMarket: result.equity, maintenance: result.headroom.maintenance, reserved };
}

/** The auction fixes the scenario that is worst when it starts; the basis contingency goes on competing with it. */
function auctionModel(book: GridBook): GridModel | Failure {
  const result = assessGrid(book, DERIVE_PMRM1);
  if (isFailure(result)) return result;
  let worst = 0;
  for (const [i, { pnl }] of result.scenarios.entries()) if (pnl < result.scenarios[worst]!.pnl) worst = i;
  return { ...DERIVE_PMRM1, scenarios: [DERIVE_PMRM1.scenarios[worst]!] };
}

function* compared(
  name: string,
  expected: Json,
  fields: readonly (readonly [field: string, actual: number])[],
): Generator<ConformCase> {
  for (const [field, actual] of fields) {
    if (expected[field] === undefined || expected[field] === null) continue;
    yield compare({ name, tolerance: TOLERANCE, field, expected: fixed(expected[field]), actual, scale: 1 });
  }
}

function margins(
  when: 'Pre' | 'Post',
  account: AuctionAccount,
  discount: number,
): readonly [string, number][] {
  return [
    [`${when}MtM`, account.markToMarket],
    [`${when}MM`, account.maintenance],
    [`${when}BM`, bufferMargin(account, DERIVE_AUCTION)],
    [`${when}FMax`, maxShare(account, discount, DERIVE_AUCTION)],
  ];
}

type Simulation = {
  readonly name: string;
  readonly original: Json;
  readonly startSeconds: number;
  readonly model: GridModel;
};

/** Runs one action, yields its comparisons and returns the account that it leaves. */
function* stepCases(
  simulation: Simulation,
  of: { readonly action: Json; readonly number: number; readonly before: Position },
): Generator<ConformCase, Position | null> {
  const { original, model } = simulation;
  const name = `${simulation.name} step ${of.number}`;
  const feeds = objectOf(of.action['PortfolioAndFeeds' in of.action ? 'PortfolioAndFeeds' : 'Feeds']);
  const expected = objectOf(of.action['Results']);
  const timeSeconds = plain(of.action['Time']);
  const discount = auctionDiscount(timeSeconds - simulation.startSeconds, DERIVE_AUCTION);
  const { before } = of;
  const account = accountOf(bookAt(original, feeds, { ...before, timeSeconds }), model, before.reserved);
  if (isFailure(account)) {
    yield fail(name, 'input', describeFailure(account));
    return null;
  }
  yield* compared(name, expected, margins('Pre', account, discount));
  const liquidator = objectOf(of.action['Liquidator']);
  const wanted = fixed(liquidator['PercentWant'] ?? liquidator['PercentLiquidated']);
  const bid = applyBid({ ...account, cash: before.cash }, { wanted, discount }, DERIVE_AUCTION);
  if (isFailure(bid)) {
    yield fail(name, 'input', describeFailure(bid));
    return null;
  }
  yield* compared(name, expected, [
    ['ExpectedBidPrice', bid.price],
    ['fLiquidatedOfOriginal', bid.share],
    ['FinalPercentageReceived', bid.share * before.unsold],
  ]);
  const after = { unsold: before.unsold * (1 - bid.share), cash: bid.cash, reserved: bid.reserved };
  const left = accountOf(bookAt(original, feeds, { ...after, timeSeconds }), model, after.reserved);
  if (isFailure(left)) {
    yield fail(name, 'input', describeFailure(left));
    return null;
  }
  yield* compared(name, expected, margins('Post', left, discount));
  return after;
}

/** `LiquidationFee` wherever a simulation states it. */
function publishedFee(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publishedFee).find((fee) => fee !== undefined);
  if (!isRecord(value)) return undefined;
  return (
    value['LiquidationFee'] ??
    Object.values(value)
      .map(publishedFee)
      .find((fee) => fee !== undefined)
  );
}

function* simulationCases(name: string, json: Json): Generator<ConformCase> {
  const original = objectOf(json['InitialPortfolio']);
  const startSeconds = plain(json['StartTime']);
  const whole = { unsold: 1, cash: fixed(original['Cash']), reserved: 0 };
  const book = bookAt(original, original, { ...whole, timeSeconds: startSeconds });
  const model = auctionModel(book);
  const account = isFailure(model) ? model : accountOf(book, model, 0);
  if (isFailure(model) || isFailure(account)) {
    yield fail(name, 'input', describeFailure(isFailure(model) ? model : (account as Failure)));
    return;
  }
  if (/insolvent/i.test(name) || account.markToMarket < 0) {
    yield skip(name, 'simulation', 'an insolvent auction, which upstream does not run');
    return;
  }
  const fee = auctionFee(account, DERIVE_AUCTION);
  yield* compared(name, { LiquidationFee: publishedFee(json) }, [['LiquidationFee', fee]]);
  let before: Position | null = { ...whole, cash: whole.cash - fee };
  for (const [i, action] of rowsOf(json['Actions']).entries()) {
    const simulation = { name, original, startSeconds, model };
    before = yield* stepCases(simulation, { action, number: i + 1, before });
    if (before === null) return;
  }
}

function* run(input: ConformInput): Generator<ConformCase> {
  for (const entry of jsonFiles(input)) {
    if ('status' in entry) {
      yield entry;
      continue;
    }
    const { json, file } = entry;
    const isCase = (value: Json): boolean => isRecord(value['InitialPortfolio']);
    const simulations = casesIn(json, { name: nameOfFile(file), isCase });
    if (simulations.length === 0) yield fail(file.name, 'input', 'no simulation with an InitialPortfolio');
    for (const { name, value } of simulations) yield* simulationCases(name, value);
  }
}

/** Derive's Dutch auction simulations, bid by bid. */
export const DERIVE_AUCTION_SUITE: ConformSuite = {
  id: 'derive-auction',
  about:
    'Published simulations of the Derive Dutch auction: value, margins, largest share and bid price before and after every bid, to 1e-9.',
  run,
};
