import { elementary } from "./elementary.js";
import { power } from "./power.js";
import { predicates } from "./predicates.js";
import { rounding } from "./rounding.js";
import { trigonometry } from "./trigonometry.js";

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

const LIBRARY: Readonly<Record<string, LibraryFunction>> = {
  ...predicates,
  ...rounding,
  ...elementary,
  ...trigonometry,
  ...power,
};

/** The text of the named functions and of all they call, each once, callees first. */
export const libraryText = (names: Iterable<string>, width: Width): string => {
  const emitted = new Map<string, string>();
  const visit = (name: string): void => {
    if (emitted.has(name)) return;
    const entry = LIBRARY[name]!;
    for (const callee of entry.uses ?? []) visit(callee);
    emitted.set(name, typeof entry.text === "string" ? entry.text : entry.text(width));
  };
  for (const name of names) visit(name);
  return [...emitted.values()].join("\n");
};
