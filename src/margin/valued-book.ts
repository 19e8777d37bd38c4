import { QUANTITY_PLACES, toNumber } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { VALUE_MAX } from '../collateral/pool.ts';
import type { Market } from '../market/market.ts';
import type { Account, Position } from '../portfolio/account.ts';
import { type ContractMark, markContract } from '../pricer/mark.ts';
import type { AssetId, Derivative } from '../product/product.ts';

/** One position valued in one market: long positive, a loss negative. Money and Greeks are of the whole position. */
export type ValuedPosition = {
  readonly product: Derivative;
  /** Contracts. */
  readonly quantity: number;
  /** One contract of it. */
  readonly contract: ContractMark;
  /** Units of the settlement asset: value − cost. */
  readonly unrealisedSettle: number;
  readonly unrealisedUsd: number;
  /** ≥ 0. */
  readonly notionalUsd: number;
  /** Per unit of relative move of the underlying, per 1.00 of vol, per day. */
  readonly deltaUsd: number;
  readonly gammaUsd: number;
  readonly vegaUsd: number;
  readonly thetaUsd: number;
  /** Collateral set aside for this position alone, units of the settlement asset; null = in the pool. */
  readonly isolatedSettle: number | null;
};

/** An account valued in one market: what margin is computed from. */
export type ValuedBook = {
  readonly account: Account;
  readonly market: Market;
  /** Positions that share the pool, in the order of the account. */
  readonly pooled: readonly ValuedPosition[];
  /** Positions margined alone with their own collateral. */
  readonly sleeved: readonly ValuedPosition[];
  /** Units per asset: balance + unrealised P&L and option value of the pooled positions (MARGIN-002). Ascending by asset. */
  readonly holdings: ReadonlyMap<AssetId, number>;
};

/** Values every position of an account. Refuses what cannot be priced, and results that are not finite or absurdly large. */
export function valueBook(account: Account, market: Market): ValuedBook | Failure {
  const pooled: ValuedPosition[] = [];
  const sleeved: ValuedPosition[] = [];
  const amounts = new Map<AssetId, number>();
  for (const [asset, atoms] of account.balances) {
    const quote = market.assets.get(asset);
    if (quote === undefined) {
      return refuse('UNKNOWN_ASSET', {
        field: `balances.${asset}`,
        value: asset,
        expected: 'an asset of the market',
      });
    }
    amounts.set(asset, toNumber(atoms, quote.asset.places));
  }
  for (const position of account.positions) {
    const valued = valuePosition(position, market);
    if (isFailure(valued)) return valued;
    if (valued.isolatedSettle !== null) {
      sleeved.push(valued);
      continue;
    }
    pooled.push(valued);
    const { settle } = valued.product;
    amounts.set(settle, (amounts.get(settle) ?? 0) + valued.unrealisedSettle);
  }
  const holdings = new Map([...amounts.keys()].sort().map((asset) => [asset, amounts.get(asset)!]));
  return { account, market, pooled, sleeved, holdings };
}

function valuePosition(position: Position, market: Market): ValuedPosition | Failure {
  const field = `positions.${position.instrument}`;
  const product = market.products.get(position.instrument);
  if (product === undefined || product.kind === 'spot') {
    return refuse('UNKNOWN_INSTRUMENT', {
      field,
      value: position.instrument,
      expected: 'a listed derivative',
    });
  }
  const contract = markContract(product, market);
  if (isFailure(contract)) return contract;
  const { places } = market.assets.get(product.settle)!.asset;
  return toValuedPosition(product, contract, {
    quantity: toNumber(position.quantityAtoms, QUANTITY_PLACES),
    costSettle: toNumber(position.costAtoms, places),
    isolatedSettle: position.isolatedAtoms === null ? null : toNumber(position.isolatedAtoms, places),
  });
}

/** A position from one marked contract: contracts, cost and own collateral in units. Refuses one worth more than {@link VALUE_MAX}. */
export function toValuedPosition(
  product: Derivative,
  contract: ContractMark,
  of: { readonly quantity: number; readonly costSettle: number; readonly isolatedSettle: number | null },
): ValuedPosition | Failure {
  const { quantity, costSettle, isolatedSettle } = of;
  const unrealisedSettle = quantity * contract.valueSettle - costSettle;
  const notionalUsd = Math.abs(quantity) * contract.notionalUsd;
  if (!(notionalUsd <= VALUE_MAX && Math.abs(unrealisedSettle) * contract.settleUsd <= VALUE_MAX)) {
    const expected = `a position worth at most ${VALUE_MAX} USD`;
    return refuse('NUMBER_NOT_FINITE', { field: `positions.${product.id}`, value: quantity, expected });
  }
  return {
    product,
    quantity,
    contract,
    unrealisedSettle,
    unrealisedUsd: unrealisedSettle * contract.settleUsd,
    notionalUsd,
    deltaUsd: quantity * contract.deltaUsd,
    gammaUsd: quantity * contract.gammaUsd,
    vegaUsd: quantity * contract.vegaUsd,
    thetaUsd: quantity * contract.thetaUsd,
    isolatedSettle,
  };
}

/** The same position `by` times as large; what is per contract stays. */
export function scalePosition(position: ValuedPosition, by: number): ValuedPosition {
  return {
    ...position,
    quantity: position.quantity * by,
    unrealisedSettle: position.unrealisedSettle * by,
    unrealisedUsd: position.unrealisedUsd * by,
    notionalUsd: position.notionalUsd * Math.abs(by),
    deltaUsd: position.deltaUsd * by,
    gammaUsd: position.gammaUsd * by,
    vegaUsd: position.vegaUsd * by,
    thetaUsd: position.thetaUsd * by,
  };
}
