import { type Failure, isFailure } from '../../base/failure.ts';
import type { MethodId, Requirement } from '../report.ts';
import type { GridBook } from '../grid/book.ts';
import { assessStandard, type StandardMarketResult } from '../standard/assess.ts';
import type { PerAsset } from '../methodology.ts';
import type { StandardMarket, StandardModel } from '../standard/model.ts';
import type { ValuedBook } from '../valued-book.ts';
import { perAsset } from './isolated.ts';
import { toVenueBooks } from './venue-book.ts';

/**
 * A rule-based model, and what a matched pair of delta-one contracts of different expiries costs, as a fraction of spot. `perpetualFrac`:
 * initial rate of delta-one contracts per underlying in place of the model's, which stands where it is null; maintenance keeps the model's
 * ratio to initial.
 */
export type StandardMethod = {
  readonly model: StandardModel;
  readonly spreadFrac: number;
  readonly perpetualFrac: PerAsset | null;
};

/**
 * Rule-based margin per underlying and expiry (METHOD-020): fractions for delta-one, charges and maximum loss for options. Dated
 * futures net with the perpetual of their underlying at the spread charge. Never below zero. Refuses what the standard engine refuses.
 */
export function requireByRules(
  book: ValuedBook,
  method: MethodId,
  { model, spreadFrac, perpetualFrac }: StandardMethod,
): Requirement | Failure {
  const books = [...toVenueBooks(book)];
  const stablePrice = Math.min(1, ...books.map(([, venue]) => venue.stablePrice));
  const markets = books.map(([underlying, venue]) => toStandardMarket(underlying, venue));
  const assessed: StandardMarketResult[] = [];
  for (const market of markets) {
    const own = perpetualFrac === null ? model : withRate(model, perAsset(perpetualFrac, market.underlying));
    const result = assessStandard({ cash: 0, stablePrice, markets: [market] }, own);
    if (isFailure(result)) return result;
    assessed.push(...result.markets);
  }
  const rules = assessed.map((market) => ({
    id: market.underlying,
    about: 'perpetuals, futures, and options by expiry at the smaller of rule and maximum loss',
    initialUsd: market.markToMarket - market.total.initial,
    maintenanceUsd: market.markToMarket - market.total.maintenance,
  }));
  const { initial, maintenance } = model.perpetual;
  const maintenanceShare = initial > 0 ? maintenance / initial : 1;
  const spreads = books.map(([underlying, venue]) => {
    const initialUsd = spreadFrac * matchedUnits(venue) * venue.spot.price;
    return {
      id: `${underlying} spreads`,
      about: 'matched delta-one contracts of different expiries',
      initialUsd,
      maintenanceUsd: maintenanceShare * initialUsd,
    };
  });
  const components = [...rules, ...spreads.filter((spread) => spread.initialUsd > 0)];
  return {
    method,
    initialUsd: Math.max(0, sum(components.map((c) => c.initialUsd))),
    maintenanceUsd: Math.max(0, sum(components.map((c) => c.maintenanceUsd))),
    components,
    contributions: [],
    scenarios: [],
  };
}

/** The model at another initial rate of delta-one contracts. */
function withRate(model: StandardModel, initial: number): StandardModel {
  const { perpetual } = model;
  const ratio = perpetual.initial > 0 ? perpetual.maintenance / perpetual.initial : 1;
  return { ...model, perpetual: { initial, maintenance: ratio * initial } };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0);
}

/** Units that are long in one expiry and short in another (METHOD-021). */
function matchedUnits(venue: GridBook): number {
  const net = [
    sum(venue.perpetuals.map((p) => p.quantity)),
    ...venue.expiries.map((expiry) => expiry.futureQuantity),
  ];
  const gross = sum(net.map(Math.abs));
  return (gross - Math.abs(sum(net))) / 2;
}

/** Price of all perpetuals together, each weighing what it holds: whatever their order. */
function perpetualPrice({ perpetuals, spot }: GridBook): number {
  const gross = sum(perpetuals.map((p) => Math.abs(p.quantity)));
  return gross > 0 ? sum(perpetuals.map((p) => Math.abs(p.quantity) * p.price)) / gross : spot.price;
}

function toStandardMarket(underlying: string, venue: GridBook): StandardMarket {
  const perpetual = venue.perpetuals.reduce((sum, p) => sum + p.quantity, 0);
  const futures = venue.expiries.reduce((sum, expiry) => sum + expiry.futureQuantity, 0);
  const price = perpetualPrice(venue);
  const confidence = Math.min(1, ...venue.perpetuals.map((p) => p.confidence));
  return {
    underlying,
    spot: venue.spot,
    perpetual: {
      quantity: perpetual + futures,
      price,
      confidence,
      unrealisedPnl: 0,
      unrealisedFunding: 0,
    },
    baseAmount: 0,
    expiries: venue.expiries
      .filter((expiry) => expiry.legs.length > 0)
      .map((expiry) => ({
        seconds: expiry.seconds,
        forward: {
          price: expiry.forwardFixed + expiry.forwardVariable,
          confidence: expiry.confidence.forward,
        },
        volConfidence: expiry.confidence.vol,
        legs: expiry.legs,
      })),
  };
}
