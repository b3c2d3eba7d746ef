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
