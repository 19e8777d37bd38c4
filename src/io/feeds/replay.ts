import { type Failure, isFailure } from '../../base/failure.ts';
import { type GeneratedMarketSpec, openMarket, stepMarket } from '../../scenario/generated-market.ts';
import type { Clock } from '../clock.ts';
import { type PriceBars, ticksAt } from './bars.ts';
import type { MarketFeed } from './feed.ts';

/**
 * Plays bars as if they happened now, `speed` times as fast as they did: a frame every `stepMs` of the clock until they end. What the bars
 * do not say (surfaces, forwards, funding, depth, other assets) is generated around them, beginning at the prices of `spec`. Refuses as
 * `openMarket` does.
 */
export function replayFeed(of: {
  readonly bars: PriceBars;
  readonly spec: GeneratedMarketSpec;
  readonly clock: Clock;
  readonly stepMs: number;
  readonly speed: number;
}): MarketFeed | Failure {
  const { bars, clock, speed } = of;
  const market = openMarket(of.spec);
  if (isFailure(market)) return market;
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (emit) => {
      const beganMs = clock.nowMs();
      const step = (): void => {
        const stampMs = clock.nowMs();
        const timeMs = bars.startMs + (stampMs - beganMs) * speed;
        if (timeMs >= bars.endMs) clearInterval(timer);
        else
          emit({ kind: 'MarketFrame', ...stepMarket(market, stampMs, ticksAt(bars, { timeMs, stampMs })) });
      };
      step();
      timer = setInterval(step, of.stepMs);
    },
    stop: () => clearInterval(timer),
  };
}
