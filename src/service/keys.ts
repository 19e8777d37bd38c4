import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyRecord, KeyStore, Scope } from '../io/store/keys.ts';

/** Who is asking: a key, or a session that a key opened. */
export type Principal = {
  readonly keyId: string;
  readonly scope: Scope;
  readonly holder: string;
  readonly owner: string | null;
};

/** `plim_<id>_<secret>`: 16 hex digits, and 256 random bits. */
const KEY = /^plim_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const NOBODY = new Uint8Array(32);

/**
 * The keys of a service. A secret has 256 random bits, so one SHA-256 is all that hashing at rest needs: there is nothing to guess. Secrets
 * are compared in constant time, and a key that does not exist takes as long as one whose secret is wrong.
 */
export class Keys {
  readonly #store: KeyStore;
  readonly #records: Map<string, KeyRecord>;

  constructor(store: KeyStore) {
    this.#store = store;
    this.#records = new Map(store.list().map((record) => [record.id, record]));
  }

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** Makes a key and gives its text, which is nowhere kept. `owner` for keys of that scope only. */
  issue(
    of: { scope: Scope; holder: string; owner: string | null },
    timeMs: number,
  ): { id: string; key: string } {
    const id = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const record = { id, ...of, hash: hashOf(secret), createdMs: timeMs, revokedMs: null };
    this.#store.add(record);
    this.#records.set(id, record);
    return { id, key: `plim_${id}_${secret}` };
  }

  /** Ends a key: at once, and for every session it opened. False where there is none. */
  revoke(id: string, timeMs: number): boolean {
    const record = this.#records.get(id);
    if (record === undefined) return false;
    this.#store.revoke(id, timeMs);
    this.#records.set(id, { ...record, revokedMs: timeMs });
    return true;
  }

  find(id: string): KeyRecord | null {
    return this.#records.get(id) ?? null;
  }

  list(): readonly KeyRecord[] {
    return [...this.#records.values()];
  }

  /** Whose key this is, or null. */
  authenticate(text: string): Principal | null {
    const match = KEY.exec(text);
    if (match === null) return null;
    const record = this.#records.get(match[1]!);
    const isSecret = timingSafeEqual(hashOf(match[2]!), record?.hash ?? NOBODY);
    if (record === undefined || !isSecret) return null;
    return this.principalOf(record.id);
  }

  /** The principal of a key that is in force, or null. */
  principalOf(id: string): Principal | null {
    const record = this.#records.get(id);
    if (record === undefined || record.revokedMs !== null) return null;
    const { scope, holder, owner } = record;
    return { keyId: id, scope, holder, owner };
  }
}

function hashOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
