import { elementary } from "./elementary.js";
import type { LibraryFunction, Width } from "./function.js";
import { power } from "./power.js";
import { predicates } from "./predicates.js";
import { rounding } from "./rounding.js";
import { trigonometry } from "./trigonometry.js";

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
