import { describe, expect, it } from 'vitest';
import { ORE_HISTSIM_SUITE } from './ore-histsim.ts';
import { ORE_PARAMVAR_SUITE } from './ore-paramvar.ts';
import { readPortfolios } from './ore-portfolio.ts';
import { parseTable, probabilityColumns } from './ore-table.ts';
import type { ConformCase, ConformFile, ConformSuite } from './suite.ts';

function runOn(suite: ConformSuite, files: Readonly<Record<string, string>>): ConformCase[] {
  const list: ConformFile[] = Object.entries(files).map(([name, text]) => ({ name, text }));
  return [...suite.run({ files: list.sort((a, b) => (a.name < b.name ? -1 : 1)), sibling: () => null })];
}

const failed = (cases: readonly ConformCase[]): readonly string[] =>
  cases.filter((c) => c.status === 'failed').map((c) => `${c.name} ${c.field}`);

/** Twenty days: 1 to 20 in a shuffled order, one date twice. */
const shuffled = Array.from({ length: 20 }, (_, i) => ((i * 7) % 20) + 1);
const history = [
  '#Portfolio,RiskClass,RiskType,PLDate1,PLDate2,PLAmount',
  ...shuffled.map((x, i) => `P1,All,All,2020-01-${10 + (i >> 1)},2020-02-01,${x}.000000`),
  ...shuffled.map((x) => `P1,FX,All,2020-01-01,2020-02-01,${-x}`),
].join('\n');
const risk = [
  '#Portfolio,RiskClass,RiskType,Quantile_0.010000,Quantile_0.050000,Quantile_0.125000,Quantile_0.950000,ExpectedShortfall_0.125000,ExpectedShortfall_0.950000',
  // k = 1, 1, 3 and 19 of 20; the means of the lowest 3 and of the lowest 19.
  'P1,All,All,1.000000,1.000000,3.000000,19.000000,2.000000,10.000000',
  'P1,FX,All,-20.000000,-20.000000,-18.000000,-2.000000,-19.000000,-11.000000',
].join('\r\n');

describe('the historical simulation suite', () => {
  it('reads quantiles and lower means off the P&L history, whatever the folder', () => {
    const cases = runOn(ORE_HISTSIM_SUITE, { 'var.csv': risk, 'historical_PnL.csv': history });
    expect(failed(cases)).toEqual([]);
    expect(cases).toHaveLength(12);
  });

  it('takes the HistSimVar folder out of a whole tree', () => {
    const tree = {
      'ExpectedOutput/HistSimVar/var.csv': risk,
      'ExpectedOutput/HistSimVar/historical_PnL.csv': history,
      'ExpectedOutput/HistSimVarTheta/var.csv': 'nonsense',
      'ExpectedOutput/HistSimVarTheta/historical_PnL.csv': 'nonsense',
      'ExpectedOutput/ParametricVar/var.csv': 'nonsense',
    };
    expect(failed(runOn(ORE_HISTSIM_SUITE, tree))).toEqual([]);
  });

  it('fails a number that is off by more than the report prints, a series without history, and no files at all', () => {
    const off = risk.replace('3.000000', '3.000010').replace('P1,FX', 'P9,FX');
    const cases = runOn(ORE_HISTSIM_SUITE, { 'a/var.csv': off, 'a/historical_pnl.csv': history });
    expect(failed(cases)).toHaveLength(7);
    expect(failed(cases)[0]).toBe('P1 / All / All Quantile_0.125000');
    expect(failed(runOn(ORE_HISTSIM_SUITE, {}))).toEqual(['ore-histsim files']);
    expect(runOn(ORE_HISTSIM_SUITE, { 'var.csv': risk, 'historical_PnL.csv': 'x' })[0]?.status).toBe(
      'failed',
    );
  });
});

const sensitivity = [
  '#TradeId,IsPar,Factor_1,ShiftSize_1,Factor_2,ShiftSize_2,Currency,Base NPV,Delta,Gamma',
  'A,false,DiscountCurve/EUR/0/6M,0.0001,,0,EUR,10.00,3.00,4.00',
  'A,false,FXSpot/USDEUR/0/spot,0.01,,0,EUR,10.00,-2.00,#N/A',
  'B,false,FXSpot/USDEUR/0/spot,0.01,,0,EUR,10.00,5.00,1.00',
  'B,false,DiscountCurve/EUR/0/6M,0.0001,FXSpot/USDEUR/0/spot,0.01,EUR,10.00,#N/A,0.50',
  'B,false,FXVolatility/USDEUR/3/5Y/ATM,0.01,,0,EUR,10.00,7.00,0.00',
  'C,false,FXSpot/USDEUR/0/spot,0.01,,0,EUR,10.00,1000.00,0.00',
].join('\n');
const covariance = [
  'DiscountCurve/EUR/0/6M\tDiscountCurve/EUR/0/6M\t2',
  'DiscountCurve/EUR/0/6M\tFXSpot/USDEUR/0/spot\t0.5',
  'FXSpot/USDEUR/0/spot\tFXSpot/USDEUR/0/spot\t1',
  'FXVolatility/USDEUR/3/5Y/ATM\tFXVolatility/USDEUR/3/5Y/ATM\t4',
].join('\n');
const portfolio = `<?xml version="1.0"?><Portfolio>
  <!-- <Trade id="C"><PortfolioId>P1</PortfolioId></Trade> -->
  <Trade id="A"><TradeType>Swap</TradeType><Envelope><PortfolioIds><PortfolioId>P1</PortfolioId></PortfolioIds></Envelope></Trade>
  <Trade id='B'><Envelope><PortfolioIds><PortfolioId> P&amp;2 </PortfolioId></PortfolioIds></Envelope></Trade>
  <Trade id="C"><Envelope><PortfolioIds/></Envelope></Trade>
</Portfolio>`;

const Z = 2.3263478740408408;
/**
 * By hand. A: δ = (3, −2), Γ₁₁ = 4, so tr(ΓΩ) = 8 and the variance is 9·2 − 2·3·2·0.5 + 4 + ½·64 = 48.
 * A's discount curve alone: 18 + 32 = 50; its FX alone: 4. B's volatility alone: 49·4 = 196, no mean.
 * All: δ = (3, 3, 7), Γ = [4 ½; ½ 1]; ΓΩ = [8.25 2.5; 1.5 1.25], trace 9.5; the square's trace 68.0625 + 2·3.75 + 1.5625 = 77.125;
 * variance 18 + 2·9·0.5 + 9 + 196 + ½·77.125 = 270.5625.
 */
function report(all: string): string {
  const row = (name: string, mean: number, variance: number): string =>
    [name, ...[-Z, Z].map((z) => (mean + z * Math.sqrt(variance)).toFixed(6))].join(',');
  return [
    '#Portfolio,RiskClass,RiskType,Quantile_0.010000,Quantile_0.990000',
    row(`${all},All,All`, 4.75, 270.5625),
    row(`${all},FX,Vega`, 0, 196),
    row('P1,All,All', 4, 48),
    row('P1,InterestRate,DeltaGamma', 4, 50),
    row('P1,FX,All', 0, 4),
    row('P&2,FX,DeltaGamma', 0.5, 25.5),
  ].join('\n');
}

describe('the parametric suite', () => {
  const files = { 'sensitivity.csv': sensitivity, 'covariance.csv': covariance, 'portfolio.xml': portfolio };

  it('aggregates sensitivities, takes the moments and their normal quantiles', () => {
    for (const all of ['All', '(all)', '']) {
      const cases = runOn(ORE_PARAMVAR_SUITE, { ...files, 'var.csv': report(all) });
      expect(failed(cases)).toEqual([]);
      expect(cases).toHaveLength(12);
    }
  });

  it('finds its files in a whole tree', () => {
    const tree = {
      'Market/Input/covariance.csv': covariance,
      'Market/Input/portfolio.xml': portfolio,
      'Market/Input/Other/portfolio.xml': '<Portfolio/>',
      'Market/Input/ParametricVar/sensitivity.csv': sensitivity,
      'Market/Input/HistSimVar/sensitivity.csv': 'nonsense',
      'Market/ExpectedOutput/Sensi/sensitivity.csv': 'nonsense',
      'Market/ExpectedOutput/HistSimVar/var.csv': risk,
      'Market/ExpectedOutput/Intraday/var.csv': risk,
      'Market/ExpectedOutput/ParametricVar/var.csv': report('All'),
    };
    expect(failed(runOn(ORE_PARAMVAR_SUITE, tree))).toEqual([]);
  });

  it('fails a number that is off, and says which file is missing', () => {
    const off = report('All').replace('P1,FX,All,-', 'P1,FX,All,');
    expect(failed(runOn(ORE_PARAMVAR_SUITE, { ...files, 'var.csv': off }))).toEqual([
      'P1 / FX / All Quantile_0.010000',
    ]);
    for (const name of ['var.csv', 'sensitivity.csv', 'covariance.csv', 'portfolio.xml']) {
      const rest = Object.fromEntries(
        Object.entries({ ...files, 'var.csv': report('All') }).filter(([key]) => key !== name),
      );
      expect(runOn(ORE_PARAMVAR_SUITE, rest)).toMatchObject([
        { status: 'failed', reason: `no file called ${name}` },
      ]);
    }
    const broken = { ...files, 'var.csv': report('All'), 'sensitivity.csv': 'a,b\n1,2' };
    expect(runOn(ORE_PARAMVAR_SUITE, broken)).toMatchObject([{ status: 'failed', field: 'columns' }]);
  });
});

describe('tolerant reading', () => {
  it('of tables takes any separator, quotes and a leading #', () => {
    for (const mark of ['\t', ';', ','])
      expect(parseTable(`#A${mark}"Quantile_0.5"\n\n1${mark} 2 \n`)).toEqual({
        columns: ['A', 'Quantile_0.5'],
        rows: [['1', '2']],
      });
    const table = parseTable('portfolio,quantile 0.05,QUANTILE_.1,QuantileX');
    expect(probabilityColumns(table, 'Quantile').map((c) => c.probability)).toEqual(['0.05', '.1']);
  });

  it('of portfolios passes over comments, empty lists and what it does not know', () => {
    const read = readPortfolios(portfolio);
    expect([...read]).toEqual([
      ['A', ['P1']],
      ['B', ['P&2']],
    ]);
    expect(readPortfolios('<html><Trade').size).toBe(0);
  });
});
