import {
  type LeftOut,
  type MeasuredCost,
  type NextRun,
  type Plan,
  relativeWidth,
  type SurfaceFit,
} from "@isoflop/scaling";
import { interval, num, percent, plural, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";

/** What a person reads of a plan. */
export const planWords = (plan: Plan, leftOut: readonly LeftOut[] = []): Words => {
  const { runs, cost, allowance, pricing } = plan;
  return [
    runsTable(runs, pricing.unit),
    `cost ${num(cost)} of ${round(allowance)} ${unitOf(plan)}`,
    pricing.times && timesWords(pricing.times),
    belowRuns(plan),
    sharpness(plan),
    plan.basins.length > 1 && basinsTable(plan),
    misfit(plan.surface),
    leftOut.length > 0 && { notes: leftOut.map(({ form, message }) => `${form} takes no part: ${message}`) },
  ];
};

/** Compute under that of the smallest run by this factor is said to be: a surface holds of runs like its own. */
const FAR = 10;

const belowRuns = ({ runs, surface: { computes } }: Plan): string | undefined => {
  const least = Math.min(...runs.map(({ C }) => C));
  if (!computes || least * FAR >= computes[0]) return undefined;
  return `caution: the smallest planned run has ${round(least)} FLOPs, the smallest that was fitted ${round(computes[0])}: nothing shows that the surface holds there; --min-size and --min-tokens keep runs nearer`;
};

/** Chance of such a lack of fit, below which it is said. */
const UNLIKELY = 0.01;

/** That runs scatter about the best surface by more than their noise, which no interval here covers. */
export const misfit = ({ lackOfFit, form }: SurfaceFit): string | undefined =>
  lackOfFit.ok && lackOfFit.pValue < UNLIKELY
    ? `the runs lie farther from ${form} than ${lackOfFit.from === "replicates" ? "runs of one size and length lie from each other" : "their own errors say"} (p = ${num(lackOfFit.pValue, 2)}): no interval here covers that`
    : undefined;

const UNITS = { FLOPs: "FLOPs", seconds: "seconds", own: "units of cost" } as const;
export const unitOf = ({ pricing }: Pick<Plan, "pricing">): string => UNITS[pricing.unit];

/** "L* at C = 1e22" */
export const targetWords = ({ C, quantity }: Plan["target"]): string =>
  `${quantity === "loss" ? "L*" : `${quantity}*`} at C = ${round(C)}`;

/** How long runs take, as a rule. */
export const timesWords = ({ base, logRate, exponent, rSquared, runs }: MeasuredCost): string =>
  `seconds = ${num(base, 3)} + C / (${num(Math.exp(logRate), 3)} · N^${num(exponent, 3)}), r² ${num(rSquared, 3)} of ln seconds, by ${plural(runs, "run")}`;

const runsTable = (runs: readonly NextRun[], unit: Plan["pricing"]["unit"]): Passage => {
  const steps = runs.some((run) => run.steps !== undefined);
  const seconds = runs.some((run) => run.seconds !== undefined);
  return table(
    [
      ...["C, FLOPs", "N, parameters", "D, tokens"],
      ...(steps ? ["steps"] : []),
      "times",
      ...(seconds ? ["seconds each"] : []),
      ...(unit === "own" ? ["cost each"] : []),
    ],
    runs.map((run) => [
      ...[num(run.C), num(run.N), num(run.D)],
      ...(steps ? [String(run.steps ?? "–")] : []),
      String(run.count),
      ...(seconds ? [run.seconds === undefined ? "–" : num(run.seconds, 3)] : []),
      ...(unit === "own" ? [num(run.cost)] : []),
    ]),
  );
};

const sharpness = (plan: Plan): Passage => {
  const { standardError, spread, interval: at, evenGridCost, target, basins } = plan;
  const several = basins.length > 1;
  const rows = [
    ["now", "now"],
    ["planned", "after these runs"],
    [
      "evenGrid",
      evenGridCost > 0
        ? `after an even grid, ${num(evenGridCost)} ${unitOf(plan)}`
        : "no even grid is within the limits",
    ],
  ] as const;
  return table(
    [
      `std. error of ln ${targetWords(target)}`,
      "",
      "of now",
      ...(several ? ["within forms", "between"] : []),
      "95 % interval",
      "width",
    ],
    rows.map(([when, words]) => [
      words,
      num(standardError[when], 4),
      percent(standardError[when] / standardError.now, when === "now" ? 0 : 1),
      ...(several ? [num(spread[when].within, 4), num(spread[when].between, 4)] : []),
      interval(at[when]),
      percent(relativeWidth(at[when]), 1),
    ]),
  );
};

const basinsTable = ({ basins, target }: Plan): Passage =>
  table(
    ["surfaces that the runs allow", "weight", targetWords(target), "std. error of ln", "after these runs"],
    basins.map(({ form, weight, value, standardError }) => [
      form,
      percent(weight, 1),
      num(value),
      num(standardError.now, 4),
      num(standardError.planned, 4),
    ]),
  );
