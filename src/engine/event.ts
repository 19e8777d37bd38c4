import type { Failure } from '../base/failure.ts';
import type { HealthState } from '../margin/report.ts';
import type { AccountId } from '../portfolio/account.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';
import type { OrderRequest } from './command.ts';

/** What happened, in the past tense. Every command gives at least one event; a refused one gives exactly `CommandRefused`. */
export type Event =
  | { readonly kind: 'CommandRefused'; readonly command: string; readonly failure: Failure }
  | { readonly kind: 'VenueOpened'; readonly venue: string }
  | { readonly kind: 'AssetListed'; readonly asset: AssetId }
  | { readonly kind: 'InstrumentListed'; readonly instrument: InstrumentId }
  | { readonly kind: 'AccountOpened'; readonly account: AccountId }
  | { readonly kind: 'AccountModeSet'; readonly account: AccountId; readonly mode: string }
  /** Balances moved: exact postings per account and asset, summing to zero per asset. */
  | {
      readonly kind: 'Posted';
      readonly id: string;
      readonly why:
        | 'deposit'
        | 'withdrawal'
        | 'transfer'
        | 'isolation'
        | 'fee'
        | 'premium'
        | 'realised'
        | 'funding'
        | 'settlement'
        | 'bankruptcy'
        | 'auction'
        | 'deleveraging'
        | 'loss-sharing';
      readonly postings: readonly {
        readonly account: string;
        readonly asset: AssetId;
        readonly atoms: bigint;
      }[];
    }
  /** The order is held. One that liquidation placed (`$liq/…`) must be sent on to the matching engine. */
  | {
      readonly kind: 'OrderAccepted';
      readonly account: AccountId;
      readonly orderId: string;
      readonly order: OrderRequest;
    }
  | {
      readonly kind: 'OrderClosed';
      readonly account: AccountId;
      readonly orderId: string;
      readonly why: 'filled' | 'cancelled' | 'liquidation' | 'expired' | 'reduce-only';
    }
  | {
      readonly kind: 'PositionChanged';
      readonly account: AccountId;
      readonly instrument: InstrumentId;
      readonly quantityAtoms: bigint;
      readonly costAtoms: bigint;
    }
  | { readonly kind: 'FillApplied'; readonly executionId: string }
  /** The same execution again: nothing was done. */
  | { readonly kind: 'FillRepeated'; readonly executionId: string }
  | {
      readonly kind: 'MarketRevised';
      readonly revision: number;
      readonly degraded: readonly string[];
      readonly reassessed: number;
      readonly provenSafe: number;
    }
  | {
      readonly kind: 'HealthChanged';
      readonly account: AccountId;
      readonly from: HealthState;
      readonly to: HealthState;
      readonly equityUsd: number;
      readonly maintenanceUsd: number;
      readonly revision: number;
    }
  | {
      readonly kind: 'MarginCallIssued';
      readonly account: AccountId;
      readonly amountUsd: number;
      readonly deadlineMs: number;
      readonly revision: number;
      readonly methodology: string;
    }
  | {
      readonly kind: 'MarginCallClosed';
      readonly account: AccountId;
      readonly why: 'met' | 'recovered' | 'liquidated';
    }
  | { readonly kind: 'LiquidationOpened'; readonly account: AccountId; readonly reason: string }
  /** One step of the waterfall with its reason and the prices used; `receipt` is what the owner gets to read. */
  | {
      readonly kind: 'LiquidationStepped';
      readonly account: AccountId;
      readonly step:
        | 'orders-cancelled'
        | 'reduction'
        | 'hedge'
        | 'auction-opened'
        | 'auction-bid'
        | 'backstop'
        | 'insurance-fund'
        | 'auto-deleveraging'
        | 'loss-sharing'
        | 'waiting'
        | 'ended';
      readonly reason: string;
      readonly revision: number;
      readonly receipt: LiquidationReceipt;
    }
  | {
      readonly kind: 'BreakerChanged';
      readonly scope: string;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'OverrideRecorded';
      readonly override: string;
      readonly by: string;
      readonly state: 'proposed' | 'in-force' | 'ended';
    }
  | {
      readonly kind: 'ParametersChanged';
      readonly proposal: string;
      readonly state: 'proposed' | 'approved' | 'in-force';
    }
  | {
      readonly kind: 'CreditLineChanged';
      readonly account: AccountId;
      readonly line: string;
      readonly state: 'proposed' | 'in-force' | 'ended';
    }
  | {
      readonly kind: 'FundingSettled';
      readonly instrument: InstrumentId;
      readonly rate: number;
      readonly mark: number;
      readonly sinceMs: number;
    }
  | {
      readonly kind: 'InstrumentSettled';
      readonly instrument: InstrumentId;
      readonly settlementPrice: number;
    }
  | { readonly kind: 'ScenariosRefitted'; readonly asOfMs: number; readonly sets: number }
  | { readonly kind: 'Ticked' };

/** What was done to an account in one step, in numbers it can check. */
export type LiquidationReceipt = {
  readonly equityBeforeUsd: number;
  readonly maintenanceBeforeUsd: number;
  readonly equityAfterUsd: number;
  readonly maintenanceAfterUsd: number;
  readonly trades: readonly {
    readonly instrument: InstrumentId;
    readonly quantityAtoms: bigint;
    readonly price: number;
    readonly counterparty: AccountId | null;
  }[];
  /** Paid by the insurance fund, by deleveraged winners (overshoot in lots), by loss sharing. */
  readonly fundUsd: number;
  readonly overshootLots: number;
  readonly sharedLossUsd: number;
};
