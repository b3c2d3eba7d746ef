/** Elements one invocation computes side by side: f32 or vec4<f32>. */
export type Width = 1 | 4;

/**
 * A WGSL function over the width aliases `F`, `I`, `U`, `B` (f32, i32, u32, bool, or vec4 of them), so that one text
 * serves scalar and vector kernels. `uses` names the functions it calls.
 */
export interface LibraryFunction {
  readonly uses?: readonly string[];
  readonly text: string | ((width: Width) => string);
}

/** Statements that make `p` the polynomial in `x` of these coefficients, that of the highest power first (Horner's rule). */
export const polynomial = (x: string, coefficients: string): string => {
  const [first, ...rest] = coefficients.split(/\s+/);
  const term = (c: string): string => (c.startsWith("-") ? `- ${c.slice(1)}` : `+ ${c}`);
  return [`var p = F(${first});`, ...rest.map((c) => `p = p * ${x} ${term(c)};`)].join("\n  ");
};
