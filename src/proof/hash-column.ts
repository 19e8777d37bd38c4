const HASH_BYTES = 32;

/** Many hashes side by side in one buffer: an epoch has millions, and each as an object would cost several times its bytes. */
export class HashColumn {
  readonly #bytes: Uint8Array;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length * HASH_BYTES);
  }

  get length(): number {
    return this.#bytes.length / HASH_BYTES;
  }

  /** The hash at `index`, not copied. */
  at(index: number): Uint8Array {
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  put(index: number, hash: Uint8Array): void {
    this.#bytes.set(hash, index * HASH_BYTES);
  }

  /** Order of two rows as unsigned bytes: negative if the first is. */
  compare(one: number, other: number): number {
    const [a, b] = [one * HASH_BYTES, other * HASH_BYTES];
    for (let i = 0; i < HASH_BYTES; i += 1) {
      const difference = this.#bytes[a + i]! - this.#bytes[b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
