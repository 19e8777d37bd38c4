import { type AddOn, type AddOnInput, splitByWeight } from './add-on.ts';
import { groupByUnderlying } from './liquidity.ts';

/**
 * Net short option minimum (ADDON-004): far out-of-the-money shorts barely move in any scenario, so the requirement is at
 * least a fraction of the notional of the net short options of each underlying, calls and puts counted apart.
 */
export function chargeShortOptionMinimum(input: AddOnInput): AddOn {
  const { pooled } = input.book;
  const shortUsd = new Float64Array(pooled.length);
  let minimum = 0;
  for (const at of groupByUnderlying(pooled).values()) {
    for (const right of ['call', 'put'] as const) {
      const legs = at.filter((i) => isRight(input, i, right));
      const net = legs.reduce((sum, i) => sum + signedNotional(input, i), 0);
      if (net >= 0) continue;
      minimum += input.parameters.shortOption.minimumFrac * -net;
      for (const i of legs) shortUsd[i] = Math.max(0, -signedNotional(input, i));
    }
  }
  const usd = Math.max(0, minimum - input.coreUsd);
  return {
    id: 'short-option-minimum',
    about: 'least requirement for net short options',
    usd,
    byPosition: usd > 0 ? splitByWeight(usd, shortUsd) : new Float64Array(pooled.length),
    byAsset: new Map(),
  };
}

function isRight(input: AddOnInput, i: number, right: 'call' | 'put'): boolean {
  const { product } = input.book.pooled[i]!;
  return product.kind === 'option' && product.right === right;
}

function signedNotional(input: AddOnInput, i: number): number {
  const { quantity, notionalUsd } = input.book.pooled[i]!;
  return quantity < 0 ? -notionalUsd : notionalUsd;
}
