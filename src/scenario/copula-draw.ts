import { chiSquareQuantile, studentTCdf } from '../base/distribution.ts';
import { normalCdf, normalQuantile } from '../base/normal.ts';

/**
 * A copula of n factors to draw from: `lower` is the Cholesky factor of its correlation matrix, row-major n × n; `nu` null is Gaussian,
 * else the degrees of freedom of a t copula.
 */
export type CopulaSpec = { readonly lower: Float64Array; readonly nu: number | null };

/**
 * Draws one scenario of n correlated variates (standard normal, or t with `nu` degrees of freedom) into `variates`: X = L·z, for the t
 * copula divided by √(χ²/nu) with one χ² shared by all factors, which is what makes their tails meet. Uses n uniforms, one more for t.
 * Source: Demarta and McNeil (2005), section 2.
 */
export function drawVariates(spec: CopulaSpec, draw: () => number, variates: Float64Array): void {
  const n = variates.length;
  const { lower, nu } = spec;
  for (let i = 0; i < n; i++) variates[i] = normalQuantile(draw());
  for (let i = n - 1; i >= 0; i--) {
    let sum = 0;
    for (let k = 0; k <= i; k++) sum += lower[i * n + k]! * variates[k]!;
    variates[i] = sum;
  }
  if (nu === null) return;
  const widening = Math.sqrt(nu / chiSquareQuantile(draw(), nu));
  for (let i = 0; i < n; i++) variates[i]! *= widening;
}

/** Draws one scenario of n uniforms with the copula's dependence: the variates of {@link drawVariates} through their own law. */
export function drawUniforms(spec: CopulaSpec, draw: () => number, uniforms: Float64Array): void {
  drawVariates(spec, draw, uniforms);
  const { nu } = spec;
  for (let i = 0; i < uniforms.length; i++)
    uniforms[i] = nu === null ? normalCdf(uniforms[i]!) : studentTCdf(uniforms[i]!, nu);
}
