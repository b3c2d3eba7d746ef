import type { MetricCard } from "@isoflop/sweep";
import { firstDifference } from "./alike.js";

/** A number of a run with what fixes it. */
export interface Carded {
  /** Id of the run. */
  readonly run: string;
  /** As it was asked for. */
  readonly metric: { readonly kind: string; readonly data?: unknown };
  readonly card: MetricCard;
  /** Of the run's own data, by content; undefined where it is not known. */
  readonly content?: string | undefined;
  /** That of the run. */
  readonly objective?: unknown;
}

/** Metrics that are the objective's own number: without it they say nothing. */
const ofObjective: ReadonlySet<string> = new Set(["validation"]);

/** What has to be equal of numbers that one law joins, or that are compared. Runs see their data in orders of their own, so that of content is asked. */
const fixing = ({ metric, card, content, objective }: Carded): Readonly<Record<string, unknown>> => ({
  metric: card.metric,
  data: metric.data === undefined ? content : card.data,
  modules: card.modules,
  numerics: card.numerics,
  ...(ofObjective.has(metric.kind) && { objective }),
});

/** In what the cards of numbers differ, in words that name the field, both values and the runs; undefined where they are alike. */
export const unlikeCards = (numbers: readonly Carded[]): string | undefined =>
  firstDifference(
    numbers.map((number) => ({ id: number.run, value: fixing(number) })),
    "card",
  );
