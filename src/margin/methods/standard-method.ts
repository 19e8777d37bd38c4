import { type Failure, isFailure } from '../../base/failure.ts';
import type { MethodId, Requirement } from '../report.ts';
import type { GridBook } from '../grid/book.ts';
import { assessStandard } from '../standard/assess.ts';
import type { StandardMarket, StandardModel } from '../standard/model.ts';
import type { ValuedBook } from '../valued-book.ts';
import { toVenueBooks } from './venue-book.ts';

/**
 * Rule-based margin per underlying and expiry (METHOD-020): fractions for delta-one, charges and maximum loss for options. Dated
 * futures net with the perpetual of their underlying. Never below zero. Refuses what the standard engine refuses.
 */
export function requireByRules(
  book: ValuedBook,
  method: MethodId,
  model: StandardModel,
): Requirement | Failure {
  const books = [...toVenueBooks(book)];
  const stablePrice = Math.min(1, ...books.map(([, venue]) => venue.stablePrice));
  const markets = books.map(([underlying, venue]) => toStandardMarket(underlying, venue));
  const result = assessStandard({ cash: 0, stablePrice, markets }, model);
  if (isFailure(result)) return result;
  const components = result.markets.map((market) => ({
    id: market.underlying,
    about: 'perpetuals, futures, and options by expiry at the larger of rule and maximum loss',
    initialUsd: market.markToMarket - market.total.initial,
    maintenanceUsd: market.markToMarket - market.total.maintenance,
  }));
  return {
    method,
    initialUsd: Math.max(0, result.requirement.initial),
    maintenanceUsd: Math.max(0, result.requirement.maintenance),
    components,
    contributions: [],
    scenarios: [],
  };
}

function toStandardMarket(underlying: string, venue: GridBook): StandardMarket {
  const perpetual = venue.perpetuals.reduce((sum, p) => sum + p.quantity, 0);
  const futures = venue.expiries.reduce((sum, expiry) => sum + expiry.futureQuantity, 0);
  const price = venue.perpetuals[0]?.price ?? venue.spot.price;
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
