import { manifestIn } from "../study/manifest.js";
import { namesAsked } from "./quantity-name.js";

/**
 * The metrics among some names that a name means in a folder of runs: of several of a kind that which the study's own file asks for, as others may have measured
 * its runs in other ways, where stores are shared.
 */
export const namesIn = (folder: string, asked: string, names: readonly string[]): readonly string[] => {
  const meant = namesAsked(asked, names);
  if (meant.length < 2) return meant;
  const { metrics } = (manifestIn(folder)?.file ?? {}) as { readonly metrics?: readonly unknown[] };
  const own = meant.filter((name) => metrics?.some((metric) => isCalled(name, metric)));
  return own.length === 1 ? own : meant;
};

/** Whether a metric's name says all that its record does. */
const isCalled = (name: string, metric: unknown): boolean => {
  const [kind = "", options = ""] = name.slice(0, -1).split("(");
  const said = options.split(" ");
  return Object.entries(metric ?? {}).every(([key, value]) =>
    key === "kind" ? value === kind : typeof value === "object" || said.includes(`${key}=${String(value)}`),
  );
};
