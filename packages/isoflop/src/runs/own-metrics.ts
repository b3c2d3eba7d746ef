import { measurementLabel } from "@isoflop/sweep";
import { metricSpec } from "@isoflop/train";
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
  const labels = metrics.flatMap((metric) => labelOf(metric) ?? []);
  const own = meant.filter((name) => labels.includes(name));
  return own.length === 1 ? own : meant;
};

/** Of a record as a study's file has it; undefined where its module is not loaded. */
const labelOf = (written: unknown): string | undefined => {
  const { at: _, ...metric } = written as { readonly at?: unknown; readonly kind: string };
  try {
    return measurementLabel(metricSpec(metric as Parameters<typeof metricSpec>[0]));
  } catch {
    return undefined;
  }
};
