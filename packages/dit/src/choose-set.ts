import type { DitConfig } from "@isoflop/flops";
import { DitError, must } from "./errors.js";
import { unheld } from "./layouts/holds.js";
import { weightLayouts } from "./layouts/index.js";
import type { Stored, WeightLayout } from "./layouts/layout.js";
import type { NamedSpecs } from "./spec.js";
import { setsByPrefix, type WeightChoice } from "./weight-sets.js";

/** A set of names to read as weights of a config. */
export interface Chosen {
  readonly layout: WeightLayout;
  readonly prefix: string;
  /** What stands before the names of other sets. */
  readonly others: ReadonlySet<string>;
}

const isRequired = (stored: Stored): boolean => "of" in stored || ("values" in stored && !stored.positions);

/** Which of the arrays that a layout has for a config are there, as a share. */
const coverage = (
  layout: WeightLayout,
  prefix: string,
  config: DitConfig,
  parameters: NamedSpecs,
  names: ReadonlySet<string>,
): number => {
  const stored = layout.arrays(config, parameters).filter(isRequired);
  return stored.filter(({ name }) => names.has(prefix + name)).length / Math.max(1, stored.length);
};

const shownPrefix = (prefix: string): string => (prefix === "" ? "no prefix" : `the prefix ${JSON.stringify(prefix)}`);

/** More prefixes than these are not named. */
const mostPrefixes = 8;

/** Of more sets than these none is looked at: a file can hold any number. */
const mostSets = 64;

/** A choice that tells a prefix from the others, as one writes it. */
const choiceOf = (prefix: string): string =>
  /^[\w-]+\.$/.test(prefix) ? `{ set: "${prefix.slice(0, -1)}" }` : `{ prefix: ${JSON.stringify(prefix)} }`;

/** Refuses several sets of names, and says how one is chosen. */
const mustBeOne = (prefixes: readonly string[], whose: string): void => {
  const some = prefixes.slice(0, mostPrefixes);
  const behind = some.map((prefix) => (prefix === "" ? "no prefix" : JSON.stringify(prefix))).join(" and ");
  const more = prefixes.length > some.length ? ` and ${prefixes.length - some.length} more` : "";
  const say = some.map(choiceOf).join(" or ");
  must(
    prefixes.length <= 1,
    "weights",
    `weights: ${whose} stand behind ${behind}${more}; say which are meant: ${say}.`,
  );
};

/** Refuses a choice that leaves nothing. */
const mustLeave = (names: ReadonlySet<string>, { set, prefix }: WeightChoice): void => {
  const others = [...setsByPrefix(names, {}).keys()].slice(0, mostPrefixes).map((each) => JSON.stringify(each));
  const there = others.length > 0 ? `there are ${others.join(" and ")}` : "no layout is recognised by the names";
  must(set === undefined, "weights", `weights: no set of names has ${JSON.stringify(set)} in its prefix; ${there}.`);
  const begun = prefix === undefined || [...names].some((name) => name.startsWith(prefix));
  must(begun, "weights", `weights: no name begins with ${JSON.stringify(prefix)}; ${there}.`);
};

/**
 * The only set of names that a choice leaves, whatever its config.
 * @throws RegistryError, DitError("weights") as {@link chooseSet}
 */
export const onlySet = (names: ReadonlySet<string>, choice: WeightChoice): Omit<Chosen, "others"> => {
  const sets = setsByPrefix(names, choice);
  mustBeOne([...sets.keys()], "names of a model");
  for (const [prefix, [layout]] of sets) return { layout: layout!, prefix };
  mustLeave(names, choice);
  const known = (choice.layout === undefined ? weightLayouts.names : [choice.layout]).join(", ");
  throw new DitError("weights", `weights: the names are of no layout that is known: ${known}.`);
};

/**
 * The set of names that is meant: the one that the choice leaves, or the one that is there.
 * @throws RegistryError for a layout that there is not; DitError("weights") for several sets, none behind what was chosen, or a layout that
 *   does not hold such a config
 */
export const chooseSet = (
  names: ReadonlySet<string>,
  config: DitConfig,
  parameters: NamedSpecs,
  choice: WeightChoice,
): Chosen => {
  const named = weightLayouts.get(choice.layout ?? "official");
  const reason = unheld(named, config, parameters);
  must(reason === undefined, "weights", `weights: layout "${named.name}" is not for this config: ${reason}.`);
  const sets = setsByPrefix(names, choice);
  if (sets.size > mostSets) mustBeOne([...sets.keys()], "names of models");
  const covered = (layout: WeightLayout, prefix: string) => coverage(layout, prefix, config, parameters, names);
  const best = [...sets].flatMap(([prefix, layouts]) => {
    const able = layouts.filter((layout) => unheld(layout, config, parameters) === undefined);
    const shares = able.map((layout) => ({ layout, prefix, share: covered(layout, prefix) }));
    return shares.sort((a, b) => b.share - a.share).slice(0, 1);
  });
  const whole = best.filter(({ share }) => 2 * share > 1);
  mustBeOne(
    whole.map(({ prefix }) => prefix),
    "this config's names",
  );
  const found = whole[0] ?? best.sort((a, b) => b.share - a.share)[0];
  const others = (own: string) => new Set([...setsByPrefix(names, {}).keys()].filter((prefix) => prefix !== own));
  if (found) return { layout: found.layout, prefix: found.prefix, others: others(found.prefix) };
  for (const [prefix, [layout]] of sets) {
    const why = `layout "${layout!.name}": ${unheld(layout!, config, parameters)}`;
    throw new DitError("weights", `weights: behind ${shownPrefix(prefix)} are weights of ${why}.`);
  }
  mustLeave(names, choice);
  const { prefix = "" } = choice;
  return { layout: named, prefix, others: others(prefix) };
};
