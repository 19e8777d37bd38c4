/** Lane arithmetic and constants that every kernel shares. Two f64 or four f32 a vector; strict SIMD128 only (the same bits on every machine). */

// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 { return f64x2.add(a, b); }
// @ts-ignore: decorator
@inline export function sub(a: v128, b: v128): v128 { return f64x2.sub(a, b); }
// @ts-ignore: decorator
@inline export function mul(a: v128, b: v128): v128 { return f64x2.mul(a, b); }
/** The number at `table[i]` in both lanes. */
// @ts-ignore: decorator
@inline export function both(table: usize, i: i32): v128 { return v128.load_splat<f64>(table + ((<usize>i) << 3)); }
/** Scenario rows are padded to this many scenarios. */
// @ts-ignore: decorator
@inline export const STEP: i32 = 16;
// @ts-ignore: decorator
@inline export function padded(n: i32): i32 { return (n + 15) & ~15; }
