import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { nativeCrypto } from '../io/proof-crypto.ts';
import { handOut, makeVenue, OPERATOR_KEY, TRUST } from './epoch.fixture.ts';
import { signDocument } from './document.ts';
import { parseStatement, recordOf, statementCodec, toStatementText } from './statement.ts';
import { isUnrefuted, verifyStatement } from './verify.ts';

const venue = makeVenue();
const honest = handOut(venue);
/** Signing is slow: every eleventh bit, which comes to each place in a byte. */
const RESIGNED_STEP = 11;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The file with one bit of one byte changed; null where it is no longer UTF-8. */
function flipped(bytes: Uint8Array, bit: number): string | null {
  const changed = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
  try {
    return utf8.decode(changed);
  } catch {
    return null;
  }
}

function accepts(source: string): boolean {
  const verdict = verifyStatement(source, { manifest: honest.manifest, trust: TRUST }, nativeCrypto);
  return !isFailure(verdict) && isUnrefuted(verdict);
}

describe('every single-bit change of a statement file (PROOF-046)', () => {
  it('is refused, exhaustively over one file', () => {
    const source = toStatementText(honest.statement('short-of-margin'));
    const bytes = new TextEncoder().encode(source);
    expect(accepts(source)).toBe(true);
    const accepted: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = flipped(bytes, bit);
      if (changed !== null && accepts(changed)) accepted.push(bit);
    }
    expect(accepted).toEqual([]);
  });

  it('is refused at random over the files of all accounts', () => {
    const files = venue.accounts.map(({ id }) =>
      new TextEncoder().encode(toStatementText(honest.statement(id))),
    );
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.nat(), (file, at) => {
        const bytes = files[file]!;
        const changed = flipped(bytes, at % (bytes.length * 8));
        expect(changed === null || !accepts(changed)).toBe(true);
      }),
      { seed: 21, numRuns: 2_000 },
    );
  });

  it('is refused though the operator signs it again: every field leads to the log, or to the account', () => {
    const signed = honest.statement('short-of-margin');
    const bytes = new TextEncoder().encode(toStatementText(signed));
    const { account } = recordOf(signed.body);
    const accepted: string[] = [];
    let parsed = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += RESIGNED_STEP) {
      const changed = flipped(bytes, bit);
      const statement = changed === null ? null : parseStatement(changed);
      if (statement === null || isFailure(statement)) continue;
      const { body } = statement;
      if (recordOf(body).account.id !== account.id) continue;
      parsed += 1;
      const again = signDocument(statementCodec, body, {
        signer: OPERATOR_KEY,
        sha256: nativeCrypto.sha256,
      });
      if (toStatementText(again) === toStatementText(signed)) continue;
      if (accepts(toStatementText(again))) accepted.push(changed!.slice((bit >> 3) - 20, (bit >> 3) + 20));
    }
    expect(parsed).toBeGreaterThan(400);
    expect(accepted).toEqual([]);
  });
});
