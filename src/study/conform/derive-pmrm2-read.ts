import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { type GridBook, type GridExpiry, type GridLeg, splitForward } from '../../margin/grid/book.ts';
import type { GridModel, GridScenario, VolMove } from '../../margin/grid/model.ts';
import { DERIVE_PMRM2 } from '../../margin/grid/presets.ts';
import { scenarioName } from '../../margin/grid/scenarios.ts';
import { type VenueSvi, venueSviVol } from '../../market/svi-venue.ts';
import { type Json, listOf, objectOf, rowsOf } from './json.ts';
import type { ConformFile } from './suite.ts';
import { casesIn, isRecord, nameOfFile, plain } from './venue-json.ts';

const DAY_SECONDS = 86_400;

/** A published portfolio in the engine's terms, beside what was published for it. */
export type PublishedPortfolio = {
  readonly name: string;
  readonly book: GridBook;
  readonly model: GridModel;
  /** Position in the book of the expiry of each option, in the order of the file. */
  readonly expiryOfLeg: readonly number[];
  readonly expected: Json;
};

export type ReadPortfolio = { readonly name: string; readonly read: PublishedPortfolio | Failure };

const VOL_MOVES: Readonly<Record<string, VolMove>> = {
  up: 'up',
  down: 'down',
  none: 'none',
  linear: 'linear',
  abs: 'absolute',
};

/** Every portfolio of a file: the file itself, or each entry that has a `Scenario`. */
export function readPmrm2(file: ConformFile, json: unknown): readonly ReadPortfolio[] {
  const isCase = (value: Json): boolean => isRecord(value['Scenario']);
  const cases = casesIn(json, { name: nameOfFile(file), isCase });
  if (cases.length > 0) return cases.map(({ name, value }) => ({ name, read: readPortfolio(name, value) }));
  const expected = 'an object with Scenario, Parameters and Result';
  return [
    { name: file.name, read: refuse('SHAPE_INVALID', { field: file.name, value: typeof json, expected }) },
  ];
}

function readPortfolio(name: string, json: Json): PublishedPortfolio | Failure {
  const scenario = objectOf(json['Scenario']);
  const model = readModel(objectOf(json['Parameters']));
  if (isFailure(model)) return model;
  const options = readOptions(scenario);
  if (isFailure(options)) return options;
  const { expiries, expiryOfLeg } = options;
  return { name, book: readBook(scenario, expiries), model, expiryOfLeg, expected: objectOf(json['Result']) };
}

function readBook(scenario: Json, expiries: readonly GridExpiry[]): GridBook {
  const at = (key: string): number => plain(scenario[key]);
  return {
    cash: at('Cash'),
    stablePrice: at('StablePrice'),
    spot: { price: at('SpotPrice'), confidence: at('SpotConfidence') },
    perpetuals: [
      {
        quantity: at('NumPerps'),
        price: at('PerpPrice'),
        confidence: at('PerpConfidence'),
        unrealisedPnl: at('UnrealisedPerpPNL'),
        unrealisedFunding: at('UnrealisedFunding'),
        fundingRateHourly: 0,
      },
    ],
    collaterals: rowsOf(scenario['Collaterals']).map((collateral, i) => ({
      id: String(collateral['Name'] ?? i),
      amount: plain(collateral['Amount']),
      price: plain(collateral['Price']),
      confidence: plain(collateral['Confidence']),
      riskCancelling: plain(collateral['IsRiskCancelling']) === 1,
      initialHaircutFrac: plain(collateral['IMHaircut']),
      maintenanceHaircutFrac: plain(collateral['MMHaircut']),
    })),
    expiries,
  };
}

function readSvi(feed: Json): VenueSvi {
  const [a, b, rho, m, sigma, forward, tauYears] = listOf(feed['SVIparam']).map(plain);
  const or = (value: number | undefined): number => value ?? NaN;
  return {
    a: or(a),
    b: or(b),
    rho: or(rho),
    m: or(m),
    sigma: or(sigma),
    forward: or(forward),
    tauYears: or(tauYears),
  };
}

type Options = Pick<PublishedPortfolio, 'expiryOfLeg'> & { readonly expiries: readonly GridExpiry[] };

function readOptions(scenario: Json): Options | Failure {
  const feeds = rowsOf(scenario['OptionFeeds']);
  const byExpiry: GridLeg[][] = feeds.map(() => []);
  const expiryOfLeg: number[] = [];
  for (const [i, option] of rowsOf(scenario['Options']).entries()) {
    const expiry = feeds.findIndex((feed) => plain(feed['FeedExpiry']) === plain(option['Expiry']));
    if (expiry < 0) {
      const expected = 'a feed with this FeedExpiry';
      return refuse('PRICE_MISSING', { field: `Options[${i}].Expiry`, value: option['Expiry'], expected });
    }
    const strike = plain(option['Strike']);
    const vol = venueSviVol(strike, readSvi(feeds[expiry]!));
    if (isFailure(vol)) return { ...vol, field: `Options[${i}].${vol.field}` };
    const right = plain(option['IsCall']) === 1 ? 'call' : 'put';
    byExpiry[expiry]!.push({ strike, right, amount: plain(option['Amount']), vol });
    expiryOfLeg.push(expiry);
  }
  return { expiryOfLeg, expiries: feeds.map((feed, i) => readExpiry(feed, byExpiry[i]!)) };
}

function readExpiry(feed: Json, legs: readonly GridLeg[]): GridExpiry {
  const seconds = plain(feed['FeedExpiry']);
  const vols = feed['OptionVolConfidences'];
  return {
    seconds,
    ...splitForward(plain(feed['Forward']), seconds),
    rate: plain(feed['Rate']),
    confidence: {
      forward: plain(feed['ForwardConfidence']),
      rate: plain(feed['RateConfidence']),
      vol: Array.isArray(vols) ? Math.min(1, ...vols.map(plain)) : plain(vols),
    },
    futureQuantity: 0,
    legs,
  };
}

function readScenario(json: Json): GridScenario | Failure {
  const direction = String(json['VolShockDirection'] ?? '').toLowerCase();
  const volMove = VOL_MOVES[direction];
  if (volMove === undefined) {
    const expected = Object.keys(VOL_MOVES).join(', ');
    return refuse('SHAPE_INVALID', { field: 'VolShockDirection', value: direction, expected });
  }
  const spotShock = plain(json['SpotShock']);
  const dampening = plain(json['DampeningFactor']);
  return { name: scenarioName(spotShock, volMove), spotShock, volMove, dampening, secondsForward: 0 };
}

function readModel(parameters: Json): GridModel | Failure {
  const scenarios: GridScenario[] = [];
  for (const entry of rowsOf(parameters['Scenarios'])) {
    const scenario = readScenario(entry);
    if (isFailure(scenario)) return scenario;
    scenarios.push(scenario);
  }
  const other = objectOf(parameters['OtherContingency']);
  const at = (key: string): number => plain(other[key]);
  return {
    ...DERIVE_PMRM2,
    scenarios,
    ...readShocks(parameters),
    ...readMargin(objectOf(parameters['Margin'])),
    basis: readBasis(objectOf(parameters['BasisContingency'])),
    peg: { threshold: at('PEG_LOSS_THRESHOLD'), factor: at('PEG_LOSS_FACTOR') },
    perpetual: { maintenance: at('MM_PERP_PERCENT'), initial: at('IM_PERP_PERCENT') },
    option: { maintenance: at('MM_OPTION_PERCENT'), initial: at('IM_OPTION_PERCENT') },
    confidence: { threshold: at('CONF_THRESHOLD'), charge: at('CONF_MARGIN') },
  };
}

function readShocks(parameters: Json): Pick<GridModel, 'vol' | 'skew'> {
  const vol = objectOf(parameters['VolShock']);
  const skew = objectOf(parameters['SkewShock']);
  return {
    vol: {
      rangeUp: plain(vol['VOLRANGEUP']),
      rangeDown: plain(vol['VOLRANGEDOWN']),
      powerShort: plain(vol['SHORTTERMPOWER']),
      powerLong: plain(vol['LONGTERMPOWER']),
      floorSeconds: plain(vol['DTE_FLOOR']) * DAY_SECONDS,
      volUpMin: plain(vol['MIN_VOL_EVAL_SHOCKED']),
    },
    skew: {
      linear: { base: plain(skew['LINEAR_SCALE_CAP']), perRootYear: plain(skew['LINEAR_CBASE']) },
      absolute: { base: plain(skew['ABS_SCALE_CAP']), perRootYear: plain(skew['ABS_CBASE']) },
      kStarMin: plain(skew['MIN_K_STAR']),
      width: plain(skew['MIN_WIDTH_SCALE']),
      volBase: plain(skew['VOL_PARAM_STATIC']),
      volPerRootYear: plain(skew['VOL_PARAM_SCALE']),
    },
  };
}

function readMargin(margin: Json): Pick<GridModel, 'lossFactor' | 'staticDiscount'> {
  const at = (key: string): number => plain(margin[key]);
  return {
    lossFactor: { initial: at('IM_LOSS_FACTOR'), maintenance: at('MM_LOSS_FACTOR') },
    staticDiscount: {
      positive: {
        base: at('BASE_STATIC_DISCOUNT'),
        rateMultiple: at('LONG_RATE_MULTSCALE'),
        rateAdd: at('LONG_RATE_ADDSCALE'),
      },
      negative: {
        base: at('BASE_STATIC_DISCOUNT_NEG'),
        rateMultiple: at('SHORT_RATE_MULTSCALE'),
        rateAdd: at('SHORT_RATE_ADDSCALE'),
      },
      fromSeconds: 1,
    },
  };
}

function readBasis(basis: Json): GridModel['basis'] {
  return {
    shockUp: plain(basis['SCENARIO_SPOT_UP']),
    shockDown: plain(basis['SCENARIO_SPOT_DOWN']),
    add: plain(basis['BASIS_CONT_ADD_FACTOR']),
    perYear: plain(basis['BASIS_CONT_MULT_FACTOR']),
  };
}
