import { describe, expect, it } from 'vitest';
import { betaRegularised } from './beta.ts';
import {
  binomialCdf,
  binomialPmf,
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSurvival,
  kolmogorovSurvival,
  studentTCdf,
  studentTPdf,
  studentTQuantile,
} from './distribution.ts';
import { deviance, gammaRegularisedP, gammaRegularisedQ, lgamma, stirlingError } from './gamma.ts';

type Row = readonly [inputs: readonly number[], bits: string, reference: number];

/** Inputs, the bits of our result, and the f64 nearest to the true value, computed elsewhere with 50 digits (mpmath). */
const PINNED: Readonly<Record<string, readonly Row[]>> = {
  lgamma: [
    [[1e-10], '4037069e2aa26ae4', 23.025850929882736],
    [[0.5], '3fe250d048e7a1bd', 0.5723649429247001],
    [[0.9999999], '3e6efd315c7aed31', 5.772157468444193e-8],
    [[1.0000001], 'be6efd30c8e518b8', -5.772155829918507e-8],
    [[1.5], 'bfbeeb95b094c191', -0.12078223763524522],
    [[1.9999999], 'be66b2b405fa85a3', -4.2278430309861296e-8],
    [[2.0000001], '3e66b2b43f393939', 4.227843666532498e-8],
    [[3.7], '3ff6d9625e359b87', 1.428072326665388],
    [[9.99], '40298f02675dd191', 12.779315214350193],
    [[10], '40299a8921a7f7d0', 12.801827480081469],
    [[171.5], '4086292532a8beab', 709.1431630309282],
    [[100000000], '41d9f5765886a53b', 1742068066.1038346],
  ],
  stirlingError: [
    [[0.1], '3fe0685de3156810', 0.512740081331915],
    [[1], '3fb4c071bcda0a58', 0.08106146679532726],
    [[7.5], '3f86bdfcc7fbde00', 0.011104559758206917],
    [[10], '3f810f9d4c0743a6', 0.00833056343336287],
    [[1000], '3f15d867b7b562f1', 8.333333055555635e-5],
  ],
  deviance: [
    [[5, 5.000001], '3d3c25c229744029', 9.999998669462426e-14],
    [[5, 7], '3fd45431c29ff931', 0.31763881689393536],
    [[5, 50], '4040be587557556a', 33.48707453502977],
    [[1000000, 1000100], '3f747a87cee7d5ac', 0.004999666691664667],
    [[3, 1e-8], '404bc7689525b178', 55.557879107861424],
  ],
  gammaRegularisedP: [
    [[0.5, 0.01], '3fbcca5ea24fb332', 0.1124629160182849],
    [[3, 2], '3fd4b15566a13b7f', 0.32332358381693654],
    [[50, 10], '3c0b5ef5c64bd970', 1.8547268838697993e-19],
    [[1000, 900], '3f4204ea1fa52e37', 0.0005499022657117829],
    [[10000, 10010], '3fe150ff83387097', 0.54113746289251],
  ],
  gammaRegularisedQ: [
    [[0.5, 2], '3fa74bcf82c9d856', 0.04550026389635842],
    [[3, 40], '3cf0173be4f3a23b', 3.572865928700226e-15],
    [[50, 10], '3ff0000000000000', 1],
    [[1000, 1200], '3e162163e8c4ca03', 1.2881606086281433e-9],
    [[10000, 10010], '3fdd5e00f98f1ed2', 0.45886253710749003],
  ],
  betaRegularised: [
    [[0.5, 0.5, 0.01], '3fb05322eb667bee', 0.06376856085851985],
    [[2, 3, 0.7], '3fed525460aa64c2', 0.9163],
    [[0.1, 10, 1e-6], '3fd52d3e23643469', 0.330886396943987],
    [[200, 300, 0.3], '3eb19c6bbbb0551f', 1.0496985243292947e-6],
    [[5000, 1.5, 0.99], '3b96d3148c4d0464', 1.208320678369588e-21],
    [[20, 100000, 5e-5], '3e97359fa3ee3ff5', 3.4584801150098137e-7],
  ],
  studentTPdf: [
    [[0, 1], '3fd45f306dc9c883', 0.3183098861837907],
    [[1.5, 2.5], '3fbe1f85e961d14d', 0.11766850421719718],
    [[-30, 4], '3ea0632ca9dce06f', 4.883825856843767e-7],
    [[0.5, 1000000], '3fd6883c7a46066c', 0.35206520024085],
    [[1e100, 1], '164f2ff041caa551', 3.1830988618379067e-201],
    [[1e200, 0.5], '017b7d9f117a0560', 1.6035048770711147e-301],
  ],
  studentTCdf: [
    [[-1e-9, 3], '3fdfffffff9af7c9', 0.4999999996324474],
    [[-2.5, 0.5], '3fc9a9804b3c65c6', 0.20048526452664658],
    [[-40, 6.038], '3e4003111f9d7fa9', 7.456159234898436e-9],
    [[-3, 1000000], '3f561e05aa361589', 0.0013499312707108985],
    [[2, 10], '3feed367116bdf11', 0.9633059826146299],
    [[-1e100, 1], '2b11d2c540e36137', 3.183098861837907e-101],
    [[-2e160, 1.5], '0dec7282411a8def', 1.3331976627662363e-241],
  ],
  chiSquareCdf: [
    [[1e-6, 3], '3df246d7d81fe9b1', 2.659614404791799e-10],
    [[2.5, 2], '3fe6d4f3e46ad3d9', 0.7134952031398099],
    [[90, 100], '3fcf9735852ae13c', 0.24680203440017026],
  ],
  chiSquareSurvival: [
    [[3.841458820694124, 1], '3fa99999999999a9', 0.05000000000000006],
    [[300, 10], '33ef3a7383c92646', 1.5546747543803181e-58],
    [[90, 100], '3fe81a329eb547b1', 0.7531979655998298],
  ],
  binomialPmf: [
    [[3, 250, 0.0078125], '3fc6a12be74d287a', 0.17679356378568292],
    [[0, 250, 0.0078125], '3fc203fbd28f4d6e', 0.14074657231558824],
    [[250, 250, 0.984375], '3f93f91819f9b274', 0.019504906258975344],
    [[500, 1000, 0.25], '32a2076e2fff7ab0', 8.55979145076416e-65],
  ],
  binomialCdf: [
    [[3, 250, 0.0078125], '3febb7f6d14a819c', 0.8662065589633587],
    [[10, 1000, 0.0625], '3c8cf42ff6cff057', 5.022693523982195e-17],
    [[9, 10, 0.5], '3feff80000000000', 0.9990234375],
  ],
  kolmogorovSurvival: [
    [[0.2], '3fefffffffffee3b', 0.999999999999495],
    [[0.5], '3feed8a3b2159ccb', 0.9639452436648751],
    [[1.179], '3fbfc0e74e74f860', 0.12403722444011726],
    [[1.1801], '3fbf96da7e79d23f', 0.12339559161939297],
    [[2.5], '3edf42ed3f68e690', 7.453306344157342e-6],
    [[5], '3b7d257d547e083f', 3.8574996959278356e-22],
  ],
  studentTQuantile: [
    [[1e-8, 1], 'c17e5b3cc9e4e18d', -31830988.618379056],
    [[1e-12, 2.5], 'c0eb01459208e9c8', -55306.17407651582],
    [[0.01, 4], 'c00df9bf8d59a04e', -3.746947387979197],
    [[0.001, 100], 'c00963d1881d0da9', -3.173739493738783],
    [[0.2, 6.038], 'bfecf7fff0432912', -0.9052734081863348],
    [[0.3, 3], 'bfe2b35215ef1db5', -0.5843897274398187],
    [[0.49999, 10], 'befaf2bb7542c394', -2.5699780352442555e-5],
    [[0.975, 30], '40005692f10aaee9', 2.0422724563012378],
    [[0.01, 1000000], 'c0029c5e3ab3354f', -2.3263516031208056],
    [[1e-10, 0.5], 'c3e1d76b126594b7', -1.02849115631634e19],
  ],
  chiSquareQuantile: [
    [[0.01, 1], '3f2496fe6cb551fe', 0.00015708785790970197],
    [[0.95, 1], '400ebb4ec31e7efc', 3.8414588206941245],
    [[0.5, 3], '4002ed83b744a844', 2.365973884375338],
    [[0.999, 12], '4040746a2e81d1a4', 32.90949040736021],
    [[1e-10, 5], '3f3531023823521c', 0.00032335571462496933],
    [[0.975, 250], '40727b049efb2fda', 295.6886281787862],
  ],
};

const SUBJECTS: Readonly<Record<string, (a: number, b: number, c: number) => number>> = {
  lgamma,
  stirlingError,
  deviance,
  gammaRegularisedP,
  gammaRegularisedQ,
  betaRegularised,
  studentTPdf,
  studentTCdf,
  studentTQuantile,
  chiSquareCdf,
  chiSquareSurvival,
  chiSquareQuantile,
  binomialPmf,
  binomialCdf,
  kolmogorovSurvival,
};

const view = new DataView(new ArrayBuffer(8));

function bitsOf(x: number): string {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

describe.each(Object.keys(SUBJECTS))('%s', (name) => {
  const compute = SUBJECTS[name]!;
  const rows = PINNED[name]!;

  it.each(rows)('at %j has the bits %s', ([a, b, c], bits) => {
    expect(bitsOf(compute(a!, b!, c!))).toBe(bits);
  });

  it('is within 2e-13 of the true values, relatively (BITS-002)', () => {
    for (const [[a, b, c], , reference] of rows) {
      const deviation = Math.abs(compute(a!, b!, c!) - reference) / Math.abs(reference);
      expect(deviation, `${name}(${a}, ${b}, ${c})`).toBeLessThan(2e-13);
    }
  });
});

it('pins every function that is named here', () => {
  expect(Object.keys(PINNED).sort()).toEqual(Object.keys(SUBJECTS).sort());
});
