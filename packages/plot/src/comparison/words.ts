import type { Comparison } from "@isoflop/scaling";
import { flops, significant } from "../chart/format.js";
import type { ComparedArm, ComparedExponent, ComparedMetric, ComparisonSummary } from "./record.js";

/** What a comparison says, in one line and in sentences, none of which says more than its interval. */
export interface ComparisonVerdict {
  readonly headline: string;
  readonly sentences: readonly string[];
}

const range = (ends: readonly number[], digits = 3): string =>
  `95\u00A0% interval ${ends.map((end) => (Number.isFinite(end) ? significant(end, digits) : "any")).join(" to ")}`;

/** Whether an interval leaves a value out. One that is not known leaves nothing out. */
const excludes = ([low, high]: readonly [number, number], value: number): boolean => low > value || high < value;

export const verdictOfArms = (study: ComparisonSummary): ComparisonVerdict => {
  const [first, ...others] = study.arms;
  const pairs = others.map((arm) => ({ arm, ...pairWords(first!, arm) }));
  const headlines = pairs.flatMap(({ headline }) => headline ?? []);
  return {
    headline:
      study.lossesDiffer !== undefined
        ? `The losses are not compared: they do not measure the same. ${exponentHeadline(others)}`
        : headlines.length > 0
          ? headlines.join(" ")
          : "The arms cannot be compared yet.",
    sentences: [
      ...(study.lossesDiffer === undefined ? [] : [`Why the losses are not compared: ${study.lossesDiffer}.`]),
      ...study.arms.flatMap(({ name, refused }) =>
        refused === undefined ? [] : [`${name} has no curve to compare: ${refused}.`],
      ),
      ...pairs.flatMap(({ sentences }) => sentences),
      ...(study.metrics ?? []).flatMap(metricSentences),
      ...(others.length > 1 ? ["Every interval holds by itself: of many, some will miss."] : []),
    ],
  };
};

interface PairWords {
  readonly headline?: string;
  readonly sentences: readonly string[];
}

const pairWords = (first: ComparedArm, arm: ComparedArm): PairWords => {
  const exponents = exponentSentences(first, arm);
  if (!arm.comparison) return { sentences: exponents };
  return {
    headline: headlineOf(first.name, arm.name, arm.comparison),
    sentences: [...trendSentences(first.name, arm.name, arm.comparison), ...exponents],
  };
};

/** What a metric says of each arm against the first. */
const metricSentences = ({ title, differs, laws }: ComparedMetric): string[] => {
  if (differs !== undefined) return [`${title} is not compared: ${differs}.`];
  const [first, ...others] = laws;
  return [
    ...laws.flatMap(({ name, refused }) =>
      refused === undefined ? [] : [`By ${title} ${name} has no curve to compare: ${refused}.`],
    ),
    ...others.flatMap(({ name, comparison }) =>
      comparison ? trendSentences(first!.name, name, comparison).slice(0, 1) : [],
    ),
  ];
};

const headlineOf = (a: string, b: string, { trend, crossing }: Comparison): string => {
  if (crossing.ok) {
    const [below, above] = crossing.below === "a" ? [a, b] : [b, a];
    return `${below} is better below ${flops(crossing.C)}, ${above} above it.`;
  }
  if (!trend.ok) return `${a} and ${b} were fitted to no compute in common.`;
  const { ratio } = trend;
  if (!excludes(ratio.ci95, 1)) return `No difference between ${a} and ${b} is resolved.`;
  const [better, worse] = ratio.value > 1 ? [a, b] : [b, a];
  return `Where both were fitted, ${better} needs less compute than ${worse} for the same loss.`;
};

const trendSentences = (a: string, b: string, { trend, crossing, crossingShare, quantity }: Comparison): string[] => {
  if (!trend.ok) return [`No ratio of compute is stated for ${b} against ${a}: ${trend.message}.`];
  const { range: fitted, ratio, slope } = trend;
  const between = `From ${flops(fitted[0])} to ${flops(fitted[1])}`;
  const needs = Number.isFinite(ratio.value)
    ? `${between}, ${b} needs ${significant(ratio.value, 3)} times the compute of ${a} for the same ${quantity}, ${range(ratio.ci95)}`
    : `${between}, ${a} comes to a ${quantity} that ${b} has at no compute`;
  const told = excludes(ratio.ci95, 1) ? "." : ": the interval holds 1, so neither is shown to be better there.";
  const bends = excludes(slope.ci95, 0)
    ? `The ratio changes with compute: d ln ratio / d ln C is ${significant(slope.value, 2)}, ${range(slope.ci95, 2)}.`
    : `No change of the ratio with compute is resolved (d ln ratio / d ln C ${significant(slope.value, 2)}, ${range(slope.ci95, 2)}).`;
  return [needs + told, bends, crossingSentence(a, b, crossing, crossingShare)];
};

const crossingSentence = (a: string, b: string, crossing: Comparison["crossing"], share: number): string => {
  if (!crossing.ok) return `No crossing is stated: ${crossing.message}.`;
  const [below, above] = crossing.below === "a" ? [a, b] : [b, a];
  return `The curves cross at ${flops(crossing.C)}, ${range(crossing.ci95)}, in ${Math.round(100 * share)}\u00A0% of the draws: ${below} is better below, ${above} above.`;
};

const names: Readonly<Record<ComparedExponent, string>> = { N: "N*", D: "D*", loss: "the loss above its floor" };

export const exponentNames = ["N", "D", "loss"] as const satisfies readonly ComparedExponent[];

/** What the exponents tell apart, and what they do not. */
const exponentSentences = (first: ComparedArm, { name, apart = {} }: ComparedArm): string[] => {
  const known = exponentNames.flatMap((of) => (apart[of] ? [{ of, ...apart[of].difference }] : []));
  const resolved = known.filter(({ ci95 }) => excludes(ci95, 0));
  const open = known.filter(({ ci95 }) => !excludes(ci95, 0));
  return [
    ...resolved.map(
      ({ of, value, ci95 }) =>
        `The exponent of ${names[of]} of ${name} is ${significant(Math.abs(value), 2)} ${value > 0 ? "above" : "below"} that of ${first.name}, ${range(ci95, 2)} of the difference.`,
    ),
    ...(open.length > 0
      ? [
          `The exponents of ${open.map(({ of }) => names[of]).join(" and ")} of ${name} and ${first.name} are not told apart: the 95\u00A0% intervals of their differences hold 0.`,
        ]
      : []),
  ];
};

const exponentHeadline = (others: readonly ComparedArm[]): string => {
  const differences = others.flatMap(({ apart = {} }) => exponentNames.flatMap((of) => apart[of]?.difference ?? []));
  if (differences.length === 0) return "";
  return differences.some(({ ci95 }) => excludes(ci95, 0))
    ? "Some of their exponents differ."
    : "Their exponents are not told apart.";
};
