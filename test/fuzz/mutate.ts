import fc from 'fast-check';

/** Values that break programs. */
const NASTY: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1e-320,
  1e-9,
  0.5,
  2,
  1e9,
  1e15,
  1e18,
  1e30,
  1e300,
  -1e300,
  Number.MAX_VALUE,
  Infinity,
  Number.MAX_SAFE_INTEGER,
  '',
  '0',
  '-1',
  '1e5',
  'NaN',
  '9'.repeat(31),
  '0.00000001',
  '99999999999999999999',
  '__proto__',
  'constructor',
  'BTC',
  'USDC',
  'BTC-P',
  'linear',
  'inverse',
  'option',
  'perpetual',
  'svi',
  '2026-01-01T08:00:00Z',
  '2026-01-31T08:00:00Z',
  '1970-01-01',
  '9999-12-31T23:59:59Z',
  [],
  {},
  [[]],
];

type Step = {
  readonly at: number;
  readonly act: 'replace' | 'drop' | 'repeat' | 'swap' | 'scale';
  readonly with: number;
};

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 10_000 }),
    act: fc.constantFrom('replace' as const, 'replace', 'drop', 'repeat', 'swap', 'scale'),
    with: fc.nat({ max: 10_000 }),
  }),
  { minLength: 1, maxLength: 3 },
);

type Holder = Record<string, unknown> | unknown[];
type Slot = { readonly holder: Holder; readonly key: string };

function slotsOf(node: unknown, out: Slot[] = []): Slot[] {
  if (typeof node !== 'object' || node === null) return out;
  for (const key of Object.keys(node)) {
    const holder = node as Holder;
    out.push({ holder, key });
    slotsOf((holder as Record<string, unknown>)[key], out);
  }
  return out;
}

function apply(document: unknown, step: Step): void {
  const slots = slotsOf(document);
  if (slots.length === 0) return;
  const { holder, key } = slots[step.at % slots.length]!;
  const object = holder as Record<string, unknown>;
  const other = slots[step.with % slots.length]!;
  switch (step.act) {
    case 'replace':
      object[key] = structuredClone(NASTY[step.with % NASTY.length]);
      return;
    case 'drop':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete object[key];
      return;
    case 'repeat':
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
      else object[`${key}2`] = structuredClone(object[key]);
      return;
    case 'swap':
      object[key] = structuredClone((other.holder as Record<string, unknown>)[other.key]);
      return;
    case 'scale':
      if (typeof object[key] === 'number')
        object[key] = object[key] * [1e-6, 0.5, -1, 10, 1e6, 1e12][step.with % 6]!;
  }
}

/** The document after one to three random changes; shrinks towards fewer. */
export function mutationsOf(document: unknown): fc.Arbitrary<unknown> {
  return steps.map((list) => {
    const copy: unknown = structuredClone(document);
    for (const step of list) apply(copy, step);
    return copy;
  });
}

/** The text after one to four random cuts, insertions and repetitions. */
export function editsOf(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    from: fc.nat({ max: text.length }),
    length: fc.nat({ max: 20 }),
    put: fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '1e999', '\u0000', '\\u0000'),
    ),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((list) =>
      list.reduce((s, { from, length, put }) => s.slice(0, from) + put + s.slice(from + length), text),
    );
}
