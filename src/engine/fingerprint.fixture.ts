import { toHex } from '../base/bytes.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { pureSha256 } from '../base/sha256.ts';
import { decode, encode, type Value } from '../base/value.ts';
import { createLedger, listAsset, openAccount, rowBalances } from '../ledger/ledger.ts';
import { writeCell } from '../ledger/column.ts';
import { allPages } from './pages.ts';
import { restoreState } from './restore.ts';
import type { EngineState } from './state.ts';
import type { Page } from './table.ts';

/** Everything of a state in one text: equal texts, equal states. */
export function fingerprint(state: EngineState): string {
  const rows = state.ledger.accountIds.map((id, row): Value => [
    id,
    rowBalances(state.ledger, row).map(({ asset, atoms }) => `${asset.id} ${atoms}`),
  ]);
  const pages = [...allPages(state)].map(({ part, index, value }): Value => [part, BigInt(index), value]);
  const bytes = encode([rows, pages]);
  if (isFailure(bytes)) throw new Error(`${bytes.field} ${bytes.value}`);
  return toHex(pureSha256.hash(bytes));
}

/** The state made again from copies of its pages that went through bytes, and a copy of its books. */
export function restoreCopy(state: EngineState): EngineState | Failure {
  const ledger = createLedger();
  for (const asset of state.ledger.assets) listAsset(ledger, asset);
  for (const [row, id] of state.ledger.accountIds.entries()) {
    openAccount(ledger, { id, kind: state.ledger.accountKinds[row]! });
    for (const { asset, atoms } of rowBalances(state.ledger, row)) {
      writeCell(ledger.columns[ledger.columnOf.get(asset.id)!]!, row, atoms);
    }
  }
  const pages = [...allPages(state)].map((page): Page => {
    const bytes = encode(page.value);
    const decoded = isFailure(bytes) ? bytes : decode(bytes);
    if (isFailure(decoded)) throw new Error(decoded.expected);
    return { ...page, value: decoded.value };
  });
  const restored = restoreState(ledger, pages);
  if (!isFailure(restored)) restored.seq = state.seq;
  return restored;
}
