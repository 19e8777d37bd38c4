import { type Failure, isFailure } from '../../base/failure.ts';
import {
  type GeneratedMarketSpec,
  openMarket,
  shockMarket,
  stepMarket,
} from '../../scenario/generated-market.ts';
import type { Clock } from '../clock.ts';
import type { MarketFeed } from './feed.ts';

/**
 * A made-up market (SCENARIO-035) that moves every `stepMs` of the clock. A shock of an asset that is not there, or of −100 % and beyond,
 * does nothing. Refuses as `openMarket` does.
 */
export function generatedFeed(of: {
  readonly spec: GeneratedMarketSpec;
  readonly clock: Clock;
  readonly stepMs: number;
}): MarketFeed | Failure {
  const market = openMarket(of.spec);
  if (isFailure(market)) return market;
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (emit) => {
      const step = (): void => emit({ kind: 'MarketFrame', ...stepMarket(market, of.clock.nowMs()) });
      step();
      timer = setInterval(step, of.stepMs);
    },
    stop: () => clearInterval(timer),
    shock: (shocks) => {
      for (const { asset, frac } of shocks) shockMarket(market, asset, frac);
    },
  };
}
