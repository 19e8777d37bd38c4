import { assert } from '../base/assert.ts';
import type { Value } from '../base/value.ts';

/**
 * One part of the state: immutable documents in order of creation, found by key. A change replaces a document and marks its page,
 * so that what is hashed after a command is what the command touched. Documents are plain values ({@link Value}): the page is the
 * state. A document is never removed, or the order of the others would change; what ended says so.
 */
export type Table<T> = {
  readonly name: string;
  /** Documents in one page. */
  readonly pageItems: number;
  readonly keys: string[];
  readonly items: T[];
  readonly indexOf: Map<string, number>;
  /** Pages that changed since they were last taken. */
  readonly dirty: Set<number>;
};

/** One page of one part, as it is hashed and stored. */
export type Page = { readonly part: string; readonly index: number; readonly value: Value };

export function createTable<T>(name: string, pageItems: number): Table<T> {
  return { name, pageItems, keys: [], items: [], indexOf: new Map(), dirty: new Set() };
}

/** The document of a key, or undefined. */
export function find<T>(table: Table<T>, key: string): T | undefined {
  const index = table.indexOf.get(key);
  return index === undefined ? undefined : table.items[index]!;
}

/** Adds the document of a new key as the last one, or replaces the one that the key has. Gives its index. */
export function put<T>(table: Table<T>, key: string, item: T): number {
  const known = table.indexOf.get(key);
  const index = known ?? table.items.length;
  if (known === undefined) {
    table.indexOf.set(key, index);
    table.keys.push(key);
    table.items.push(item);
  } else {
    if (table.items[index] === item) return index;
    table.items[index] = item;
  }
  table.dirty.add(Math.floor(index / table.pageItems));
  return index;
}

export function pageCount(table: Table<unknown>): number {
  return Math.ceil(table.items.length / table.pageItems);
}

/** The plain value of one page: keys and documents, in order. */
export function pageOf(table: Table<unknown>, index: number): Page {
  const first = index * table.pageItems;
  const end = Math.min(first + table.pageItems, table.items.length);
  assert(first < end, 'the page exists');
  const value: Value[] = [];
  for (let i = first; i < end; i++) value.push(table.keys[i]!, table.items[i] as Value);
  return { part: table.name, index, value };
}

/** Takes the pages that changed since the last time, in ascending order. */
export function takeDirty(table: Table<unknown>): Page[] {
  if (table.dirty.size === 0) return [];
  const pages = [...table.dirty].sort((a, b) => a - b).map((index) => pageOf(table, index));
  table.dirty.clear();
  return pages;
}
