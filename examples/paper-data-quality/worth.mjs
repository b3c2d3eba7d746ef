// What compute is worth that is spent on worse data: the compute with which exact data give the same loss, over it. `node worth.mjs [--form chinchilla]`. It
// reads runs.csv, prints the numbers of the page and draws figures/worth.svg.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { seriesFigure } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { compareSides, sideOfRuns } from "@isoflop/scaling";

/** Runs of this many FLOPs and more were held out. */
const HELD_OUT = 1e11;
const BUDGETS = [1e10, 2e10, 4e10, 8e10];
/** The column of a loss by what models are told: the exact caption of a held-out picture, or nothing. */
const MEASURES = /** @type {const} */ ({ told: "data=emoji", untold: "data=untold" });
/** Which arm by which loss is held against which by which: all are of held-out pictures that are clean. */
const QUESTIONS = /** @type {const} */ ([
  ["half-shuffled", "told", "exact", "told"],
  ["noise-0.1", "told", "exact", "told"],
  ["noise-0.3", "told", "exact", "told"],
  ["no-captions", "untold", "exact", "told"],
  ["no-captions", "untold", "exact", "untold"],
  ["half-shuffled", "untold", "exact", "untold"],
  ["noise-0.1", "untold", "exact", "untold"],
  ["noise-0.3", "untold", "exact", "untold"],
]);

/** So many of them are what worse data cost a model that is told of pictures, and are drawn. */
const SHOWN = 4;

/**
 * @typedef {keyof typeof MEASURES} Measure
 * @typedef {{ arm: string, C: number, N: number, D: number, told: number, untold: number }} Run
 * @typedef {{ value: number, ci95: readonly [number, number] }} Estimate
 * @typedef {{ arm: string, by: Measure, base: string, baseBy: Measure, mean: Estimate, slope: Estimate, at: Estimate[] }} Worth
 */

/** @param {string} text @returns {Run[]} */
export const readRuns = (text) => {
  const [head = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const columnOf = (/** @type {string} */ data) => head.findIndex((name) => name.endsWith(`${data})`));
  return rows.map((row) => {
    const field = (/** @type {string} */ name) => Number(row[head.indexOf(name)]);
    return {
      ...{ arm: row[head.indexOf("arm")], C: field("C"), N: field("N"), D: field("D") },
      told: Number(row[columnOf(MEASURES.told)]),
      untold: Number(row[columnOf(MEASURES.untold)]),
    };
  });
};

/**
 * The compute that runs of a base need for the loss that those of an arm have with C, over C: of a loss surface through each.
 * @param {readonly Run[]} runs @param {string} [form] of the surface
 * @returns {Worth[]}
 */
export const worthOf = (runs, form) => {
  const side = (/** @type {string} */ arm, /** @type {Measure} */ by) => {
    const own = runs.filter((run) => run.arm === arm && run.C < HELD_OUT);
    const found = sideOfRuns(
      `${arm}, ${by}`,
      own.map(({ C, N, D, [by]: loss }) => ({ C, N, D, loss })),
      /** @type {{}} */ (form === undefined ? {} : { form }),
    );
    if (!found.ok) throw new Error(`${arm}, ${by}: ${found.message}`);
    return found;
  };
  return QUESTIONS.map(([arm, by, base, baseBy]) => {
    const { at, trend } = compareSides(side(arm, by), side(base, baseBy), { at: BUDGETS });
    if (!trend.ok) throw new Error(`${arm} and ${base}: ${trend.message}`);
    return {
      ...{ arm, by, base, baseBy, mean: trend.ratio, slope: trend.slope },
      at: at.map(({ effectiveCompute }) => effectiveCompute),
    };
  });
};

export const told = (/** @type {Estimate} */ { value, ci95: [low, high] }, digits = 3) =>
  `${value.toPrecision(digits)} (${low.toPrecision(digits)} to ${high.toPrecision(digits)})`;

/** @param {readonly Worth[]} all */
const figureOf = (all) =>
  seriesFigure(
    all.slice(0, SHOWN).map(({ arm, by, baseBy, at }) => ({
      name: `${arm}${by === baseBy ? "" : `, ${by}`}`,
      points: at.map(({ value, ci95 }, i) => ({ x: BUDGETS[i], y: value, ci95 })),
    })),
    {
      caption:
        "The compute with which exact data give the loss that worse data give with C, over C, with 95 % intervals: at 1 they would be as good.",
      x: { label: "compute C that is spent on worse data, FLOPs", scale: "log", format: "scientific" },
      y: { label: "what it is worth of compute on exact data", scale: "log" },
    },
  );

const main = () => {
  const { form } = parseArgs({ options: { form: { type: "string" } } }).values;
  const runs = readRuns(readFileSync(new URL("runs.csv", import.meta.url), "utf8"));
  const all = worthOf(runs, form);
  for (const { arm, by, base, baseBy, mean, slope, at } of all) {
    console.log(`${arm}, ${by}, in terms of ${base}, ${baseBy}: ${told(mean)}, as C to the ${told(slope, 2)}`);
    console.log(`  ${at.map((one, i) => `${BUDGETS[i].toExponential()}: ${told(one)}`).join("; ")}`);
  }
  for (const { arm, C, N, told, untold } of runs.filter(({ C }) => C >= HELD_OUT))
    console.log(
      `${arm}, held out at ${C.toExponential()}, N ${N}: told ${told.toFixed(4)}, untold ${untold.toFixed(4)}`,
    );
  if (form === undefined)
    writeFileSync(new URL("figures/worth.svg", import.meta.url), figureOf(all).draw({ document }));
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
