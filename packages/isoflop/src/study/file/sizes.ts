import { type Flops, ladderRules, type NamedConfig, type Setup, type Size, sized } from "@isoflop/flops";
import { batchOf } from "@isoflop/sweep";
import type { StudyFile } from "./schema.js";

/** Budgets with the sizes that are tried at each. */
export type Sizes = Pick<Entry, "budgets" | "widths" | "models"> & Partial<Pick<Entry, "seeds">>;

/** Budgets that are held out, with how many sizes are trained there and how far apart. */
export type HeldOutSizes = Sizes &
  Pick<Exclude<NonNullable<StudyFile["heldOut"]>, readonly unknown[]>, "count" | "ratio">;

type Entry = Exclude<StudyFile["grid"], readonly unknown[]>;

const isList = <T>(given: T): given is Extract<T, readonly unknown[]> => Array.isArray(given);

/** One or several, as a list. */
export const listOf = <T>(given: T | readonly T[]): readonly T[] => (isList(given) ? given : [given]) as readonly T[];

/** Budgets of an entry, increasing: those of a range at a constant ratio. */
export const budgetsOf = ({ budgets }: Sizes): readonly Flops[] => {
  if (typeof budgets === "number") return [budgets];
  if (isList(budgets)) return budgets;
  const { from, to, count } = budgets;
  const ratio = (to / from) ** (1 / (count - 1));
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? to : Number((from * ratio ** i).toPrecision(6))));
};

type Widths = NonNullable<Sizes["widths"]>;

/** Widths at a budget. */
export const widthsOf = (widths: Widths, budget: Flops): readonly number[] => {
  if (typeof widths === "number") return [widths];
  if (isList(widths)) return widths;
  if ("around" in widths) return around(widths, budget);
  const { from, to, step } = widths;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
};

type Around = Extract<Widths, { readonly around: unknown }>;

/** The widths nearest to a centre that moves with the budget as C^exponent, spread by a constant ratio. */
const around = ({ around: centre, ratio, count, step }: Around, budget: Flops): readonly number[] => {
  const middle = centre.width * (budget / centre.budget) ** centre.exponent;
  const wanted = Array.from({ length: count }, (_, i) => middle * ratio ** (i - (count - 1) / 2));
  const widths = new Set<number>();
  for (const width of wanted) {
    let rounded = Math.max(2 * step, Math.round(width / step) * step);
    while (widths.has(rounded)) rounded += step;
    widths.add(rounded);
  }
  return [...widths].sort((a, b) => a - b);
};

/** Models at a budget: of widths by the study's ladder, or those that are listed. */
export const modelsAt = (
  { widths, models }: Sizes,
  budget: Flops,
  { setup, ladder }: { readonly setup: Setup; readonly ladder: keyof typeof ladderRules },
): readonly NamedConfig[] => {
  const sizes = models ?? widthsOf(widths!, budget).map((width) => ({ width }));
  return sizes.map((size) => {
    const complete = "depth" in size && "heads" in size ? size : { ...ladderRules[ladder](size.width), ...size };
    const config = sized(setup, complete as Size, ladderRules[ladder]);
    return { name: `${config.width}x${config.depth}`, config };
  });
};

/** Images of a step at a budget. */
export const batchAt = ({ batch }: StudyFile, budget: Flops): number => batchOf(batch, budget);
