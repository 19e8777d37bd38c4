import { afterAll, describe, expect, it } from 'vitest';
import { change, goodBook, goodMethodology, type Loose, makeFolder } from './documents.ts';
import { type Expected, expectRefusal } from './refusal.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const FIRST = /^book\.accounts\[0\]\.positions\[0\]\./;

/** Argument lists of a good book with methodology files, options and tables that are not. */
const ARGUMENTS: readonly (readonly [string, () => readonly string[], Expected])[] = [
  [
    'an unknown method',
    () => [good(), '--method', 'magic'],
    { failure: 'UNKNOWN_METHOD', field: /^--method$/, value: /magic/ },
  ],
  [
    'an unknown account',
    () => [good(), '--account', 'nobody'],
    { failure: 'UNKNOWN_ACCOUNT', field: /^--account$/, value: /nobody/ },
  ],
  ['a folder as a book', () => [folder.path('.')], { failure: 'FILE_UNREADABLE', field: /^path$/ }],
  [
    'a book that is not there',
    () => [folder.path('nowhere.json')],
    { failure: 'FILE_UNREADABLE', field: /^path$/ },
  ],
  [
    'balances beside a JSON book',
    () => [good(), '--balance', 'USDC=5'],
    { failure: 'SHAPE_INVALID', field: /^--balance$/ },
  ],
  [
    'a table without quantities',
    () => [tableOf('instrument,size\nBTC-PERPETUAL,1\n'), '--market', folder.path('market.json')],
    { failure: 'MALFORMED_CSV', field: /header/, value: /instrument,size/ },
  ],
  [
    'a ragged table',
    () => [tableOf('instrument,quantity\nBTC-PERPETUAL\n'), '--market', folder.path('market.json')],
    { failure: 'MALFORMED_CSV', field: /record 2/ },
  ],
  [
    'an open quote',
    () => [tableOf('instrument,quantity\n"BTC,1\n'), '--market', folder.path('market.json')],
    { failure: 'MALFORMED_CSV', field: /record 2/ },
  ],
  [
    'an empty table',
    () => [tableOf(''), '--market', folder.path('market.json')],
    { failure: 'MALFORMED_CSV', field: /positions/ },
  ],
  [
    'an empty quantity',
    () => [tableOf('instrument,quantity\nBTC-PERPETUAL,\n'), '--market', folder.path('market.json')],
    { failure: 'DECIMAL_INVALID', field: FIRST },
  ],
  [
    'a balance without an amount',
    () => [goodTable(), '--market', folder.path('market.json'), '--balance', 'USDC'],
    { failure: 'SHAPE_INVALID', field: /^--balance$/ },
  ],
  [
    'a balance given twice',
    () => [goodTable(), '--market', folder.path('market.json'), '--balance', 'USDC=1', '--balance', 'USDC=2'],
    { failure: 'DUPLICATE_ID', field: /^--balance$/ },
  ],
  [
    '__proto__ as a balance',
    () => [goodTable(), '--market', folder.path('market.json'), '--balance', '__proto__=1'],
    { failure: 'UNKNOWN_ASSET', field: /__proto__$/ },
  ],
  [
    'one approver twice',
    () => byRules((m) => (m.approvers = ['ada', 'ada'])),
    { failure: 'SHAPE_INVALID', field: /approvers$/ },
  ],
  [
    'a level of one',
    () => byRules((m) => (m.tail = { level: '1' })),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /tail\.level$/ },
  ],
  [
    'a share above one',
    () => byRules((m) => (m.maintenanceFrac = 1.5)),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /maintenanceFrac$/, value: /1\.5/ },
  ],
  [
    'an unknown section',
    () => byRules((m) => (m.leniency = 1)),
    { failure: 'SHAPE_INVALID', field: /leniency$/ },
  ],
  [
    'an unknown preset',
    () => byRules((m) => (m.grid = { preset: 'mine' })),
    { failure: 'SHAPE_INVALID', field: /preset$/, value: /mine/ },
  ],
  [
    'an unknown tool',
    () => byRules((m) => (m.antiProcyclicality = { tool: 'hope' })),
    { failure: 'SHAPE_INVALID', field: /tool$/, value: /hope/ },
  ],
  [
    'haircut tiers that descend',
    () => byRules((m) => (m.collateral = { assets: [rule('BTC', [5, 3])] })),
    { failure: 'SHAPE_INVALID', field: /BTC\.tiers$/ },
  ],
  [
    'two rules for one asset',
    () => byRules((m) => (m.collateral = { assets: [rule('BTC', [1]), rule('BTC', [2])] })),
    { failure: 'DUPLICATE_ID', field: /collateral\.assets$/ },
  ],
  [
    'a level that is left above where it is entered',
    () => byRules((m) => (m.health = { call: { enter: 0.8, exit: 0.85 } })),
    { failure: 'SHAPE_INVALID', field: /health$/ },
  ],
  [
    'a rate for __proto__',
    () => [
      good(),
      '--methodology',
      rulesOf(
        JSON.stringify(goodMethodology()).replace(
          '"id"',
          '"isolated":{"baseFrac":{"__proto__":{"BTC":0}}},"id"',
        ),
      ),
    ],
    { failure: 'SHAPE_INVALID', field: /__proto__/ },
  ],
];

const good = (): string => folder.write('good.json', goodBook());
const tableOf = (content: string): string => folder.write('table.csv', content);
const goodTable = (): string => tableOf('instrument,quantity\nBTC-PERPETUAL,100\n');
const rulesOf = (content: unknown): string => folder.write('rules.json', content);
const byRules = (by: (methodology: Loose) => void): readonly string[] => [
  good(),
  '--methodology',
  rulesOf(change(goodMethodology(), by)),
];
const rule = (asset: string, ends: readonly number[]): Loose => ({
  asset,
  treatment: 'tiers',
  tiers: ends.map((upToUsd) => ({ upToUsd, haircutFrac: 0.1 })),
  liabilityWeightFrac: 0,
  capUsd: null,
});

describe('arguments are refused that name (INPUT-004)', () => {
  it.each(ARGUMENTS)('%s', async (_, make, expected) => expectRefusal(['margin', ...make()], expected));
});

describe('other commands refuse', () => {
  const market = (): readonly string[] => ['--market', folder.path('market.json')];
  const CASES: readonly (readonly [string, () => readonly string[], Expected])[] = [
    ['a what-if of nothing', () => ['whatif', good()], { failure: 'SHAPE_INVALID', field: /^changes$/ }],
    [
      'a move that is no number',
      () => ['whatif', good(), '--move', 'BTC=lots'],
      { failure: 'DECIMAL_INVALID', field: /^--move$/, value: /lots/ },
    ],
    [
      'a move to below nothing',
      () => ['whatif', good(), '--move', 'BTC=-100%'],
      { failure: 'NUMBER_OUT_OF_RANGE', field: /changes\[0\]/ },
    ],
    [
      'a move of what is not there',
      () => ['whatif', good(), '--move', 'DOGE=1%'],
      { failure: 'UNKNOWN_ASSET', field: /changes\[0\]/ },
    ],
    [
      'a trade at a price beyond numbers',
      () => ['whatif', good(), '--trade', 'BTC-PERPETUAL=1000@1e999'],
      { failure: 'NUMBER_NOT_FINITE', field: /^--trade$/ },
    ],
    [
      'a parameter that makes margins negative',
      () => ['whatif', good(), '--set', 'addOns.modelMultiplier=-1000'],
      { failure: 'NUMBER_OUT_OF_RANGE', field: /modelMultiplier$/ },
    ],
    [
      'a parameter that is not finite',
      () => ['whatif', good(), '--set', 'maintenanceFrac=1e999'],
      { failure: 'NUMBER_NOT_FINITE', field: /maintenanceFrac$/ },
    ],
    [
      'a parameter on the prototype',
      () => ['whatif', good(), '--set', '__proto__.polluted=1'],
      { failure: 'SHAPE_INVALID', field: /__proto__/ },
    ],
    [
      'a tool without its parameter',
      () => ['whatif', good(), '--set', 'antiProcyclicality.tool=buffer'],
      { failure: 'SHAPE_INVALID', field: /antiProcyclicality$/ },
    ],
    [
      'an explanation without a second book',
      () => ['why', good(), folder.path('nowhere.json')],
      { failure: 'FILE_UNREADABLE', field: /^path$/ },
    ],
    [
      'an unknown contract',
      () => ['price', 'DOGE-1', ...market()],
      { failure: 'UNKNOWN_INSTRUMENT', field: /^INSTRUMENT$/ },
    ],
    [
      'an unknown scenario set',
      () => ['scenarios', ...market(), '--set', 'rumours'],
      { failure: 'SHAPE_INVALID', field: /^--set$/ },
    ],
  ];
  it.each(CASES)('%s', async (_, make, expected) => expectRefusal(make(), expected));
  it('and nobody’s prototype was touched', () => {
    expect(({} as Loose).polluted).toBeUndefined();
    expect(({} as Loose).BTC).toBeUndefined();
  });
});
