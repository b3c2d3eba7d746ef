import { weightLayouts } from "./layouts/index.js";
import type { WeightLayout } from "./layouts/layout.js";

/** Weights of one model among the arrays of a file: their layout, and what stands before every name. */
export interface WeightSet {
  /** A name of `weightLayouts`. */
  readonly layout: string;
  /** Such as "module." or "ema."; "" where names begin as the layout has them. */
  readonly prefix: string;
}

/** What says which weights of a file are meant, where it has several, or a prefix that tells nothing. */
export interface WeightChoice {
  /** A name of `weightLayouts`. */
  readonly layout?: string;
  /** What stands before the names, such as "model.diffusion_model.". */
  readonly prefix?: string;
  /** A part of the prefix: "ema" for "ema.", "state.ema.module." and the like. */
  readonly set?: string;
}

const endsWith = (name: string, mark: string): boolean =>
  name.endsWith(mark) && (name.length === mark.length || name[name.length - mark.length - 1] === ".");

/** The prefixes behind which marks stand. */
const prefixesOf = ([first, ...others]: WeightLayout["marks"], names: ReadonlySet<string>): readonly string[] => {
  const prefixes = [...names].filter((name) => endsWith(name, first)).map((name) => name.slice(0, -first.length));
  return prefixes.filter((prefix) => others.every((mark) => [mark].flat().some((each) => names.has(prefix + each))));
};

const isOf = (set: string) => (prefix: string) => prefix.split(".").slice(0, -1).includes(set);

/** Layouts by what tells them from others: the more marks, the surer. */
const surest = (layouts: readonly WeightLayout[]): readonly WeightLayout[] =>
  [...layouts].sort((a, b) => b.marks.length - a.marks.length);

/** Every set of names that a choice leaves, by prefix, with the layouts that know it, the surest first. */
export const setsByPrefix = (
  names: ReadonlySet<string>,
  { layout, prefix, set }: WeightChoice,
): ReadonlyMap<string, readonly WeightLayout[]> => {
  const meant = set === undefined ? undefined : isOf(set);
  const found = new Map<string, WeightLayout[]>();
  // Of a layout that is named the first mark is enough.
  for (const each of layout === undefined ? weightLayouts : [weightLayouts.get(layout)])
    for (const at of prefixesOf(layout === undefined ? each.marks : [each.marks[0]], names))
      if ((prefix === undefined || at === prefix) && (!meant || meant(at)))
        found.set(at, [...(found.get(at) ?? []), each]);
  return new Map([...found].map(([at, layouts]) => [at, surest(layouts)]));
};

/**
 * The weights that a file holds: one set for each prefix behind which a layout is recognised. A file of a training run often has two, of the
 * model and of its average. SiT's names are the official DiT's and are taken for them.
 * @param arrays by name; only the names are read
 * @throws RegistryError for a layout that there is not
 */
export const weightSets = (
  arrays: Readonly<Record<string, unknown>>,
  choice: WeightChoice = {},
): readonly WeightSet[] =>
  [...setsByPrefix(new Set(Object.keys(arrays)), choice)].map(([prefix, [layout]]) => ({
    layout: layout!.name,
    prefix,
  }));
