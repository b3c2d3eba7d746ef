import { manifestIn } from "../study/manifest.js";
import { namesAsked } from "./quantity-name.js";

/**
 * The metrics among some names that a name means in a folder of runs: of several of a kind that which the study's own file asks for, as others may have measured
 * its runs in other ways, where stores are shared.
 */
export const namesIn = (folder: string, asked: string, names: readonly string[]): readonly string[] => {
  const meant = namesAsked(asked, names);
  if (meant.length < 2) return meant;
  const { metrics = [] } = (manifestIn(folder)?.file ?? {}) as { readonly metrics?: readonly unknown[] };
  const own = meant.filter((name) => metrics.some((metric) => isCalled(name, metric)));
  return own.length === 1 ? own : meant;
};

/** Whether a metric's name says nothing else than its record does. Options that are as usual need not be told of either. */
const isCalled = (name: string, written: unknown): boolean => {
  const [kind = "", options = ""] = name.slice(0, -1).split("(");
  const told = options.split(" ");
  return Object.entries(written ?? {}).every(([key, value]) => {
    if (key === "kind") return value === kind;
    if (typeof value === "object" || !told.some((one) => one.startsWith(`${key}=`))) return true;
    return told.includes(`${key}=${String(value)}`);
  });
};
