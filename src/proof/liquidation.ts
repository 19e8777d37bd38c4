import { type AccountRecord, accountRecordCodec } from './account-codec.ts';
import { canonicalBytes } from './canonical.ts';
import { type Codec, hash, record, u53 } from './codec.ts';
import { DOMAIN, hashTagged } from './domain.ts';
import type { InputHashes } from './epoch-record.ts';
import type { Sha256 } from '../base/sha256.ts';

/** An account as it was just before it was liquidated, and what its margin was computed from then. */
export type LiquidationRecord = {
  readonly timeMs: number;
  readonly inputs: InputHashes;
  readonly record: AccountRecord;
};

export const liquidationCodec: Codec<LiquidationRecord> = record<LiquidationRecord>({
  timeMs: u53,
  inputs: record<InputHashes>({ parameters: hash, market: hash, scenarios: hash }),
  record: accountRecordCodec,
});

/** Its entry in the epoch's list of liquidations: hides the record from all but who has the nonce. */
export function commitLiquidation(
  liquidation: LiquidationRecord,
  nonce: Uint8Array,
  sha256: Sha256,
): Uint8Array {
  return hashTagged(sha256, DOMAIN.liquidation, nonce, canonicalBytes(liquidationCodec, liquidation));
}
