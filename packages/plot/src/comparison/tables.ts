import type { Comparison } from "@isoflop/scaling";
import { count, duration, flops, loss, plural, scientific, signedPercent, significant } from "../chart/format.js";
import { byCompute } from "../figures/laws.js";
import type { PageTable } from "../page/section.js";
import { partsOf } from "../study/parts.js";
import { isInside } from "../study/verdict.js";
import type { ComparedArm, ComparedLaw, ComparisonSummary } from "./record.js";
import { exponentNames } from "./words.js";

const ends = (interval: readonly number[], format: (value: number) => string): string =>
  interval.every(Number.isFinite)
    ? interval.map(format).join(" to ")
    : interval.map((end) => (Number.isFinite(end) ? format(end) : "–")).join(" to ");

const digits = (n: number) => (value: number) => (Number.isFinite(value) ? significant(value, n) : "–");

/** Both at some computes. */
export const atTable = ({ at, quantity }: Comparison, a: string, b: string): PageTable => ({
  head: ["Compute", a, b, "Difference", "95 % interval", "Effective compute", "95 % interval"],
  units: [
    "FLOPs",
    `optimal ${quantity}`,
    `optimal ${quantity}`,
    `${b} − ${a}`,
    "of the difference",
    `of ${b}, over C`,
    "of the ratio",
  ],
  rows: at.map(({ C, a: one, b: other, difference, effectiveCompute }) => [
    scientific(C),
    loss(one.value),
    loss(other.value),
    digits(3)(difference.value),
    ends(difference.ci95, digits(3)),
    digits(3)(effectiveCompute.value),
    ends(effectiveCompute.ci95, digits(3)),
  ]),
  names: 0,
});

const names = { N: "N*, parameters", D: "D*, tokens", loss: "L* − E, loss above its floor" } as const;

/** Exponents of every arm beside each other, and how far they are from the first's. */
export const exponentsTable = (arms: readonly ComparedArm[]): PageTable => ({
  head: ["Exponent of", "Arm", "Value", "95 % interval", "Minus the first", "95 % interval"],
  rows: exponentNames.flatMap((of) =>
    arms.flatMap(({ name, exponents = {}, apart = {} }) => {
      const exponent = exponents[of];
      if (!exponent) return [];
      const difference = apart[of]?.difference;
      return [
        [
          names[of],
          name,
          digits(3)(exponent.value),
          exponent.ci95 ? ends(exponent.ci95, digits(3)) : "–",
          difference ? digits(2)(difference.value) : "–",
          difference ? ends(difference.ci95, digits(2)) : "–",
        ],
      ];
    }),
  ),
  names: 2,
});

/** What every arm said of what it held out, and what became of it. */
export const checksOf = (arms: readonly ComparedArm[]) =>
  arms.flatMap(({ name, summary }) =>
    byCompute(partsOf(summary).heldOut).flatMap((checks) =>
      checks.map((check) => {
        const { value, interval95 } = check.prediction.predicted.loss;
        // Of one compute alone the arm says which model it is.
        const size = checks.length > 1 && check.N !== undefined ? count(check.N) : undefined;
        return { name, check, size, C: check.prediction.given.C, value, interval95, measured: check.measured };
      }),
    ),
  );

export const checksTable = (arms: readonly ComparedArm[]): PageTable => ({
  head: ["Arm", "Held out", "Predicted", "95 % interval", "Measured", "± s.e.", "Measured − predicted", "Outcome"],
  units: [undefined, "FLOPs", "loss", "of a new run", "loss"],
  rows: checksOf(arms).map(({ name, check, size, C, value, interval95, measured }) => [
    name,
    scientific(C) + (size === undefined ? "" : `, N ${size}`),
    loss(value),
    interval95?.map(loss).join(" to ") ?? "–",
    measured ? loss(measured.value) : "–",
    measured ? loss(measured.standardError) : "–",
    measured ? signedPercent(measured.value / value - 1, 2) : "–",
    isInside(check) === undefined ? "not measured" : isInside(check) ? "inside" : "outside",
  ]),
  names: 1,
});

/** The losses of every arm minus those of the first, on the same samples. */
export const pairedTable = ([, ...others]: readonly ComparedArm[]): PageTable => ({
  head: ["Arm", "Compute", "Minus the first", "± s.e.", "± unpaired", "Equal sizes", "Minus the first", "± s.e."],
  units: [undefined, "FLOPs", "lowest loss", "of validation", "for comparison", "pairs", "mean loss", "over pairs"],
  rows: others.flatMap(({ name, paired = [] }) =>
    paired.map(({ C, heldOut, difference, unpaired, matched }) => [
      name,
      `${scientific(C)}${heldOut ? ", held out" : ""}`,
      digits(3)(difference.mean),
      digits(2)(difference.stdErr),
      digits(2)(unpaired),
      matched ? String(matched.pairs) : "–",
      matched ? digits(3)(matched.mean) : "–",
      matched ? digits(2)(matched.stdErr) : "–",
    ]),
  ),
  names: 1,
});

/** What arms are compared by: the loss where it is one quantity, and every metric that is. */
export const comparedBy = ({ arms, metrics = [] }: ComparisonSummary): readonly (readonly ComparedLaw[])[] =>
  [arms, ...metrics.map(({ laws }) => laws)].filter((laws) => laws.some(({ comparison }) => comparison));

/** By each quantity, what every arm needs of compute over what the first does, between the budgets that both were fitted to. */
export const ratiosTable = (study: ComparisonSummary): PageTable => ({
  head: ["By", "Arm", "Effective compute", "95 % interval", "Its exponent", "95 % interval"],
  units: [undefined, undefined, `of the arm, over that of ${study.arms[0]!.name}`, undefined, "of C"],
  rows: comparedBy(study).flatMap((laws) =>
    laws.flatMap(({ name, comparison }) => {
      if (!comparison) return [];
      const { quantity, trend } = comparison;
      if (!trend.ok) return [[quantity, name, "–", "–", "–", "–"]];
      const cells = [trend.ratio, trend.slope].flatMap(({ value, ci95 }, i) => {
        // What no compute reaches is as good as an answer.
        const told = (end: number) => (end === Number.POSITIVE_INFINITY ? "∞" : digits(3 - i)(end));
        return [told(value), ci95.map(told).join(" to ")];
      });
      return [[quantity, name, ...cells]];
    }),
  ),
  names: 2,
});

/** What was spent on every arm. */
export const armsTable = (arms: readonly ComparedArm[]): PageTable => ({
  head: ["Arm", "Data", "Runs", "Sizes", "Compute", "Wall clock"],
  units: [undefined, undefined, undefined, "parameters", "FLOPs"],
  rows: arms.map(({ name, summary: { runs, data, seconds, plannedRuns } }) => {
    const sizes = runs.map(({ N }) => N).sort((a, b) => a - b);
    return [
      name,
      data.name,
      plannedRuns !== undefined && plannedRuns !== runs.length
        ? `${runs.length} of ${plannedRuns}`
        : String(runs.length),
      sizes.length > 0 ? `${count(sizes[0]!)} to ${count(sizes.at(-1)!)}` : "–",
      scientific(runs.reduce((sum, run) => sum + run.flops, 0)),
      duration(seconds),
    ];
  }),
  names: 2,
});

/** What all arms cost together, name to value. */
export const totals = (arms: readonly ComparedArm[]): [string, string][] => {
  const runs = arms.flatMap(({ summary }) => summary.runs);
  return [
    ["Arms", arms.map(({ name }) => name).join(", ")],
    ["Runs", plural(runs.length, "run")],
    ["Compute", flops(runs.reduce((sum, run) => sum + run.flops, 0))],
    ["Wall clock", duration(arms.reduce((sum, { summary }) => sum + summary.seconds, 0))],
  ];
};
