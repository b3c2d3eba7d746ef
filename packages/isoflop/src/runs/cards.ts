import type { MetricCard } from "@isoflop/sweep";
import { unlikeCards as differenceOf } from "@isoflop/sweep/cards";
import { firstDifference } from "./alike.js";

/** A number of a run with what fixes it. */
export interface Carded {
  /** Id of the run. */
  readonly run: string;
  /** As it was asked for. */
  readonly metric: { readonly kind: string; readonly data?: unknown; readonly objective?: unknown };
  readonly card: MetricCard;
  /** Of the run's own data, where it is known. */
  readonly content?: string | undefined;
  /** That of the run. */
  readonly objective?: unknown;
}

/** Metrics that are the objective's own number, where they name none in which they are measured: without it they say nothing. */
const ofObjective: ReadonlySet<string> = new Set(["validation"]);

/** A card that says what data it is of, as those of older versions say it by the run or by the request. */
const wholeCard = ({ metric, card, content }: Carded): MetricCard => {
  const known = card.content ?? (metric.data === undefined ? content : card.data);
  return known === undefined ? card : { ...card, content: known };
};

/** In what the cards of numbers differ, in words that name the field, both values and both runs; undefined where one law may join them. */
export const unlikeCards = (numbers: readonly Carded[]): string | undefined => {
  const [first, ...others] = numbers;
  for (const other of others) {
    const difference = differenceOf(wholeCard(first!), wholeCard(other));
    if (difference !== undefined) return `${difference}: run ${first!.run} and run ${other.run}`;
  }
  const ownNumbers = numbers.filter(({ metric }) => ofObjective.has(metric.kind) && metric.objective === undefined);
  return firstDifference(
    ownNumbers.map(({ run, objective }) => ({ id: run, value: objective })),
    "objective",
  );
};
