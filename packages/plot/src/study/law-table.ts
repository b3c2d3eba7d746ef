import { type Estimate, type Interval, type JointFit, jointExponents, predictPowerLaw } from "@isoflop/scaling";
import { count, flops, loss, scientific, significant } from "../chart/format.js";
import { byCompute, exponentFormat, type LawName, lawNames } from "../figures/laws.js";
import type { OptimumLaw } from "../figures/optimum-law.js";
import type { PageTable, Section } from "../page/section.js";
import { howMethodsDiffer } from "./methods-words.js";
import { partsOf, type StudyParts } from "./parts.js";
import type { DrawnStudy } from "./study.js";

/** The law that predicts, and how other methods differ, on a page and in a terminal alike; undefined where no mixture of forms speaks for a study. */
export const lawSection = (study: DrawnStudy): Section | undefined => {
  const parts = partsOf(study);
  const { law } = parts;
  if (!law) return undefined;
  return {
    title: "The law that predicts",
    table: lawTable(law, parts, study),
    notes: howMethodsDiffer(law, parts, study),
  };
};

type Row = readonly [name: string, cell: (name: LawName) => string | undefined | false];

/** Of what something was added to the exponent is not the quantity's own. */
export const hasExponent = (name: LawName, offset: number | undefined): boolean => name !== "loss" || !offset;

const heads = (quantity: string) => ({ N: "N*", D: "D*", loss: quantity === "loss" ? "L*" : `${quantity}*` });
const units = { N: "parameters", D: "tokens", loss: "loss" };
const format = { N: count, D: count, loss };

/**
 * The law that predicts: its values at the ends of the fitted range and where it is tested, its exponents over that range, and beside them what other
 * methods and the paper say.
 */
export const lawTable = (
  law: OptimumLaw,
  { fitted, heldOut, quantity }: Pick<StudyParts, "fitted" | "heldOut" | "quantity">,
  { joint, published, offset }: Pick<DrawnStudy, "joint" | "published" | "offset">,
): PageTable => {
  const [low, high] = law.fitted;
  const beyond = byCompute(heldOut).map(([{ prediction }]) => prediction.given.C);
  const rows: Row[] = [
    [`at ${flops(low)}`, at(law, low)],
    [`at ${flops(high)}, the largest fitted`, at(law, high)],
    ...beyond.map((C): Row => [`at ${flops(C)}, held out`, at(law, C)]),
    [
      `Exponent of C, ${scientific(low)} to ${scientific(high)}`,
      (name) => hasExponent(name, offset) && exponent(law.exponents()[name], name),
    ],
    ...(joint ? jointRows(joint) : []),
  ];
  if (fitted) {
    const { laws } = fitted;
    rows.push(["Approach 2, exponent", (name) => hasExponent(name, offset) && exponent(laws[name].exponent, name)]);
    for (const C of beyond)
      rows.push([`Approach 2, at ${flops(C)}`, (name) => format[name](predictPowerLaw(laws[name], C).value)]);
  }
  if (published) rows.push([`Published: ${published.source}`, (name) => exponentFormat(name)(published[name])]);
  return {
    head: ["Optimum", ...lawNames.map((name) => heads(quantity)[name])],
    units: [undefined, ...lawNames.map((name) => (name === "loss" && quantity !== "loss" ? undefined : units[name]))],
    rows: rows.map(([name, cell]) => [name, ...lawNames.map((of) => cell(of) || "–")]),
    names: 1,
  };
};

const at =
  (law: OptimumLaw, C: number) =>
  (name: LawName): string | undefined => {
    const { value, ci95 } = law.at(C)?.[name] ?? {};
    return value === undefined ? undefined : within(value, ci95, format[name]);
  };

const within = (value: number, interval: Interval | undefined, words: (value: number) => string): string =>
  `${words(value)}${interval?.every(Number.isFinite) ? ` (${interval.map((end) => words(end)).join(" to ")})` : ""}`;

const exponent = ({ value, ci95 }: Estimate, name: LawName): string | undefined =>
  Number.isFinite(value) ? within(value, ci95, exponentFormat(name)) : undefined;

const scopes = { all: "all budgets", larger: "without the smallest" } as const;

/** Of the loss the joint fit knows the exponent of what lies above its floor. */
const jointRows = (joint: JointFit): Row[] => {
  const { parts } = joint;
  const quoted = jointExponents(joint);
  const drift = parts[0]!.exponents.drift;
  const change = (sign: number) => within(sign * drift.value, inOrder(drift.ci95.map((end) => sign * end)), signed);
  const changes = { N: change(1), D: change(-1), loss: undefined };
  return [
    ...parts.map(({ over, computes, exponents }): Row => {
      const from = over === "larger" ? `, from ${scientific(computes[0])}` : "";
      return [
        `Joint fit, ${scopes[over]}${from}`,
        (name) => (name === "loss" ? aboveFloor(exponents.loss) : exponent(exponents[name], name)),
      ];
    }),
    ["Joint fit, either of them", (name) => (name === "loss" ? undefined : exponent(quoted[name], name))],
    ["Drift of that of all over the range", (name) => changes[name]],
  ];
};

const aboveFloor = ({ value, ci95 }: Estimate): string => `${within(value, ci95, exponentFormat("N"))} of L* − E`;

const inOrder = (ends: readonly number[]): Interval => [Math.min(...ends), Math.max(...ends)];

const signed = (value: number): string => `${value > 0 ? "+" : ""}${significant(value, 2)}`;
