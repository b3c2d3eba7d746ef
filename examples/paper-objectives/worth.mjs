// What compute is worth that is spent on another objective: the compute with which flow at logit-normal times is as good, over it. `node worth.mjs [--form
// chinchilla]`. It reads runs.csv, prints the numbers of the page and draws a figure of each loss.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { seriesFigure } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { compareSides, sideOfRuns } from "@isoflop/scaling";

/** Runs of this many FLOPs and more were held out. */
const HELD_OUT = 1e11;
const BUDGETS = [1e10, 2e10, 4e10, 8e10];
const BASE = "flow";
const ARMS = ["flow-uniform", "ddpm-noise", "ddpm-v", "ddpm-v-cosine"];
/** The losses that all models are measured by, and how their columns end. */
const MEASURES = /** @type {const} */ ({
  "loss of flow": /objective=velocity-linear-logit-normal-0-1\)$/,
  "loss of DDPM": /objective=noise-discrete-linear-1000-discrete-uniform-1000\)$/,
});
const KID = /^kid\(.*\)$/;

/**
 * @typedef {keyof typeof MEASURES} Measure
 * @typedef {{ arm: string, C: number, N: number, D: number, by: Record<Measure, number>, kid: number }} Run
 * @typedef {{ value: number, ci95: readonly [number, number] }} Estimate
 * @typedef {{ arm: string, by: Measure, mean: Estimate, slope: Estimate, at: Estimate[] }} Worth
 */

export const measures = /** @type {Measure[]} */ (Object.keys(MEASURES));

/** @param {string} text @returns {Run[]} */
export const readRuns = (text) => {
  const [head = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const columns = measures.map((by) => head.findIndex((name) => MEASURES[by].test(name)));
  const kid = head.findIndex((name) => KID.test(name));
  return rows.map((row) => {
    const field = (/** @type {string} */ name) => Number(row[head.indexOf(name)]);
    const by = Object.fromEntries(measures.map((measure, i) => [measure, Number(row[columns[i]])]));
    return {
      ...{ arm: row[head.indexOf("arm")], C: field("C"), N: field("N"), D: field("D") },
      by: /** @type {Run["by"]} */ (by),
      kid: Number(row[kid]),
    };
  });
};

/**
 * The compute that flow needs to be as good as runs of an arm are with C, over C: of a surface through each.
 * @param {readonly Run[]} runs @param {string} [form] of the surface
 * @returns {Worth[]}
 */
export const worthOf = (runs, form) => {
  const side = (/** @type {string} */ arm, /** @type {Measure} */ measure) => {
    const own = runs.filter((run) => run.arm === arm && run.C < HELD_OUT);
    const found = sideOfRuns(
      `${arm}, ${measure}`,
      own.map(({ C, N, D, by: { [measure]: loss } }) => ({ C, N, D, loss })),
      /** @type {{}} */ (form === undefined ? {} : { form }),
    );
    if (!found.ok) throw new Error(`${arm}, ${measure}: ${found.message}`);
    return found;
  };
  return measures.flatMap((by) =>
    ARMS.map((arm) => {
      const { at, trend } = compareSides(side(arm, by), side(BASE, by), { at: BUDGETS });
      if (!trend.ok) throw new Error(`${arm}, ${by}: ${trend.message}`);
      return {
        ...{ arm, by, mean: trend.ratio, slope: trend.slope },
        at: at.map(({ effectiveCompute }) => effectiveCompute),
      };
    }),
  );
};

/**
 * Of each size at each budget the mean KID over its seeds: the least of a budget.
 * @param {readonly Run[]} runs @param {string} arm
 */
const bestKid = (runs, arm) =>
  BUDGETS.map((budget) => {
    const own = runs.filter((run) => run.arm === arm && run.C === budget);
    const sizes = [...new Set(own.map(({ N }) => N))];
    const means = sizes.map((size) => {
      const cell = own.filter(({ N }) => N === size);
      return cell.reduce((sum, { kid }) => sum + kid, 0) / cell.length;
    });
    return Math.min(...means);
  });

export const told = (/** @type {Estimate} */ { value, ci95: [low, high] }, digits = 3) =>
  `${value.toPrecision(digits)} (${low.toPrecision(digits)} to ${high.toPrecision(digits)})`;

/** @param {readonly Worth[]} all @param {Measure} measure */
const figureOf = (all, measure) =>
  seriesFigure(
    all
      .filter(({ by }) => by === measure)
      .map(({ arm, at }) => ({
        name: arm,
        points: at.flatMap(({ value, ci95 }, i) =>
          [value, ...ci95].every(Number.isFinite) ? [{ x: BUDGETS[i], y: value, ci95 }] : [],
        ),
      })),
    {
      caption: `The compute with which flow at logit-normal times is as good, by the ${measure}, as another objective with C, over C, with 95 % intervals: below 1 flow is the better.`,
      x: { label: "compute C that is spent on another objective, FLOPs", scale: "log", format: "scientific" },
      y: { label: "what it is worth of compute on flow", scale: "log" },
    },
  );

const main = () => {
  const { form } = parseArgs({ options: { form: { type: "string" } } }).values;
  const runs = readRuns(readFileSync(new URL("runs.csv", import.meta.url), "utf8"));
  const all = worthOf(runs, form);
  for (const { arm, by, mean, slope, at } of all) {
    console.log(`${arm} by ${by}: ${told(mean)}, as C to the ${told(slope, 2)}`);
    console.log(`  ${at.map((one, i) => `${BUDGETS[i].toExponential()}: ${told(one)}`).join("; ")}`);
  }
  for (const arm of [BASE, ...ARMS])
    console.log(
      `${arm}: least KID of each budget ${bestKid(runs, arm)
        .map((kid) => kid.toFixed(2))
        .join(", ")}`,
    );
  for (const { arm, C, N, by, kid } of runs.filter(({ C }) => C >= HELD_OUT)) {
    const losses = measures.map((measure) => `${measure} ${by[measure].toFixed(4)}`);
    console.log(`${arm}, held out at ${C.toExponential()}, N ${N}: ${losses.join(", ")}, KID ${kid.toFixed(3)}`);
  }
  if (form !== undefined) return;
  for (const measure of measures) {
    const name = `worth-by-${measure.toLowerCase().replaceAll(" ", "-")}`;
    writeFileSync(new URL(`figures/${name}.svg`, import.meta.url), figureOf(all, measure).draw({ document }));
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
