import { canonicalJson } from "@isoflop/spec";
import type { MetricCard } from "./measurement.js";

type Loose = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Values that are no records, by their paths. */
const leaves = (value: unknown, path: string): readonly (readonly [string, unknown])[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, entry]) => leaves(entry, path === "" ? key : `${path}.${key}`))
    : value === undefined
      ? []
      : [[path, value]];

/** What fixes a number, whatever the order in which its run saw the data: `data` by their content, where that is known. */
const fixing = ({ data: _, content, ...card }: MetricCard): Loose => ({
  ...card,
  ...(content !== undefined && { data: content }),
});

/**
 * In what two numbers' cards differ, in words, naming the field and both values; undefined where they can be compared and fitted together. The order of training
 * is the run's own. Of records that do not say the content of their data, data are not compared.
 */
export const unlikeCards = (a: MetricCard, b: MetricCard): string | undefined => {
  const [one, other] = [a, b].map((card) => new Map(leaves(fixing(card), ""))) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  const text = (value: unknown): string => (value === undefined ? "absent" : canonicalJson(value));
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    if (name === "data" && !(one.has(name) && other.has(name))) continue;
    const [was, is] = [text(one.get(name)), text(other.get(name))];
    if (was !== is) return `${name} is ${was} of the one and ${is} of the other`;
  }
  return undefined;
};
