import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATOMS_MAX, createColumn, readCell, writeCell } from './column.ts';

const INT64_MAX = 2n ** 63n - 1n;

describe('a column (LEDGER-005)', () => {
  it('holds every amount of 128 bits exactly, with wide ones beside it', () => {
    const column = createColumn();
    const edges = [
      0n,
      1n,
      -1n,
      INT64_MAX,
      INT64_MAX + 1n,
      -INT64_MAX,
      -INT64_MAX - 1n,
      ATOMS_MAX,
      -ATOMS_MAX,
    ];
    for (const [row, atoms] of edges.entries()) writeCell(column, row, atoms);
    expect(edges.map((_, row) => readCell(column, row))).toEqual(edges);
    expect(column.wide.size).toBe(4);
  });

  it('takes no memory for rows that were never written, and gives the wide place back', () => {
    const column = createColumn();
    writeCell(column, 1_000_000, INT64_MAX * 3n);
    expect(column.chunks.filter((chunk) => chunk !== undefined)).toHaveLength(1);
    expect([readCell(column, 0), readCell(column, 2_000_000)]).toEqual([0n, 0n]);
    writeCell(column, 1_000_000, 7n);
    expect([readCell(column, 1_000_000), column.wide.size]).toEqual([7n, 0]);
  });

  it('stops the program rather than wrap around', () => {
    expect(() => writeCell(createColumn(), 0, ATOMS_MAX + 1n)).toThrow('128 bits');
  });

  it('agrees with a plain map under any writes', () => {
    const write = fc.tuple(fc.nat(9000), fc.bigInt({ min: -ATOMS_MAX, max: ATOMS_MAX }));
    const narrow = fc.tuple(fc.nat(9000), fc.bigInt({ min: -5n, max: 5n }));
    fc.assert(
      fc.property(fc.array(fc.oneof(write, narrow), { maxLength: 60 }), (writes) => {
        const column = createColumn();
        const map = new Map<number, bigint>();
        for (const [row, atoms] of writes) {
          writeCell(column, row, atoms);
          map.set(row, atoms);
        }
        for (const [row, atoms] of map) expect(readCell(column, row)).toBe(atoms);
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
