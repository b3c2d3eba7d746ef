// Are the laws parallel? Every run is measured on all data, so that its losses are compared in pairs: `node parallel.mjs [--beside untold:emoji] [--bend 3] [--degree 2] [--long]`.
// It reads runs.csv and draws figures/offset.svg. With --long it prints a row for each run and data instead, for `isoflop fit shared`.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { seriesFigure } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";

const DRAWS = 1000;
/** Runs of this many FLOPs and more were held out. */
const HELD_OUT = 1e12;
/** The least loss is looked for among the sizes of a budget and so much beyond, as a factor. */
const BEYOND = 1.5;
const STEPS = 240;

/**
 * @typedef {{ C: number, N: number, D: number, losses: number[], errors: number[] }} Run losses on the own data first, then on each of the others; standard errors over images
 * @typedef {{ value: number, interval95: [number, number] }} Estimate
 * @typedef {{ name: string, size: Estimate, loss: Estimate, sizeDifference: Estimate, lossDifference: Estimate, ratios: Estimate[], scatter: number, heldOut: number[] }} Law
 */

/**
 * Runs of a table, and what their columns are of: `validation(… data=NAME)` beside `loss`.
 * @param {string} text
 * @returns {{ names: string[], runs: Run[] }}
 */
export const readRuns = (text) => {
  const [head = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const others = head.filter((name) => /^validation\(.*\)$/.test(name));
  const of = (/** @type {string[]} */ row) => (/** @type {string} */ name) => Number(row[head.indexOf(name)]);
  const runs = rows.map(of).map((field) => ({
    ...{ C: field("C"), N: field("N"), D: field("D") },
    losses: ["loss", ...others].map(field),
    errors: ["sigma", ...others.map((name) => `${name}_standard_error`)].map(field),
  }));
  return { names: ["own", ...others.map((name) => /data=(\S+)\)$/.exec(name)?.[1] ?? name)], runs };
};

/** Solves a x = b by Gauss's elimination. @param {number[][]} a @param {number[]} b @returns {number[]} */
const solve = (a, b) => {
  const rows = a.map((row, i) => [...row, b[i] ?? 0]);
  for (const [i] of rows.entries()) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]) > Math.abs(best[i]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1, rows[i]);
    rows[i] = pivot.map((value) => value / pivot[i]);
    for (const [j, row] of rows.entries()) if (j !== i) rows[j] = row.map((value, k) => value - row[i] * rows[i][k]);
  }
  return rows.map((row) => row[a.length]);
};

const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Numbers from 0 to 1, the same every time (mulberry32). */
const uniform = () => {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * The law of each loss, and how it differs from that on the data `beside`. ln L is a polynomial of a degree in ln C and ln N together, without powers of ln N
 * above `bend`, and N* its first minimum from the middle of a budget's sizes on; `size` and `loss` are mean exponents of N* and L* from the least to the largest budget.
 * Intervals are of 95 % from residuals that are drawn anew, those of all losses of a run together; those of the ratios of L* at equal compute, one a budget,
 * have the errors over images besides.
 * @param {string[]} names
 * @param {Run[]} runs
 * @param {string} beside
 * @param {number} bend
 * @param {number} degree
 * @returns {{ budgets: number[], laws: Law[] }}
 */
export const parallel = (names, runs, beside = "own", bend = 2, degree = 3) => {
  const base = names.indexOf(beside);
  if (base < 0) throw new Error(`beside is "${beside}"; it must be one of ${names.join(", ")}`);
  const fitted = runs.filter(({ C }) => C < HELD_OUT);
  const later = runs.filter(({ C }) => C >= HELD_OUT);
  const budgets = [...new Set(fitted.map(({ C }) => C))].sort((a, b) => a - b);
  const ends = [Math.log(budgets[0]), Math.log(budgets[budgets.length - 1])];
  const middle = (ends[0] + ends[1]) / 2;
  const meanSize = fitted.reduce((sum, { N }) => sum + Math.log(N), 0) / fitted.length;
  const powers = Array.from({ length: degree + 1 }, (_, i) =>
    Array.from({ length: degree + 1 - i }, (_, j) => /** @type {const} */ ([i, j])),
  )
    .flat()
    .filter(([, j]) => j <= bend);
  const row = (/** @type {number} */ C, /** @type {number} */ N) =>
    powers.map(([i, j]) => (Math.log(C) - middle) ** i * (Math.log(N) - meanSize) ** j);
  const design = fitted.map(({ C, N }) => row(C, N));
  const places = budgets.map((C) => {
    const sizes = fitted.filter((run) => run.C === C).map(({ N }) => Math.log(N));
    const [from, to] = [Math.min(...sizes) - Math.log(BEYOND), Math.max(...sizes) + Math.log(BEYOND)];
    return Array.from({ length: STEPS + 1 }, (_, i) => from + ((to - from) * i) / STEPS).map((lnN) => ({
      ...{ lnN, terms: row(C, Math.exp(lnN)) },
    }));
  });
  const normal = Array.from({ length: powers.length }, (_, i) =>
    Array.from({ length: powers.length }, (_, j) => design.reduce((sum, row) => sum + row[i] * row[j], 0)),
  );
  const regress = (/** @type {number[]} */ y) =>
    solve(
      normal,
      normal.map((_, i) => design.reduce((sum, row, k) => sum + row[i] * y[k], 0)),
    );
  const told = (/** @type {number[]} */ b) => {
    // Downhill from the middle size, as a polynomial falls again beyond what it was fitted to.
    const optima = places.map((grid) => {
      const at = (/** @type {number} */ i) => dot(grid[i].terms, b);
      let i = STEPS / 2;
      const step = at(i + 1) < at(i) ? 1 : -1;
      while (grid[i + step] !== undefined && at(i + step) < at(i)) i += step;
      if (i === 0 || i === STEPS) return { lnN: grid[i].lnN, lnL: at(i) };
      const [before, here, after] = [at(i - 1), at(i), at(i + 1)];
      const off = (before - after) / (2 * (before - 2 * here + after));
      return { lnN: grid[i].lnN + off * (grid[1].lnN - grid[0].lnN), lnL: here - ((before - after) * off) / 4 };
    });
    const [first, last] = [optima[0], optima[optima.length - 1]];
    const range = ends[1] - ends[0];
    return {
      ...{ size: (last.lnN - first.lnN) / range, loss: (last.lnL - first.lnL) / range },
      least: optima.map(({ lnL }) => lnL),
    };
  };
  const ys = names.map((_, m) => fitted.map(({ losses }) => Math.log(losses[m])));
  const coefficients = ys.map(regress);
  const means = coefficients.map((b) => design.map((row) => dot(row, b)));
  // Residuals of a fit are smaller than the errors that it was made of.
  const inflation = Math.sqrt(fitted.length / (fitted.length - powers.length));
  const residuals = ys.map((y, m) => y.map((value, k) => (value - means[m][k]) * inflation));
  const next = uniform();
  const draws = Array.from({ length: DRAWS }, () => {
    const picks = fitted.map(() => Math.floor(next() * fitted.length));
    return means.map((mean, m) => told(regress(mean.map((value, k) => value + residuals[m][picks[k]]))));
  });
  const normalDraws = draws.map(() => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
  const central = coefficients.map(told);
  /** @param {number} value @param {number[]} drawn @returns {Estimate} */
  const estimate = (value, drawn) => {
    const sorted = [...drawn].sort((a, b) => a - b);
    const at = (/** @type {number} */ p) => sorted[Math.round(p * (sorted.length - 1))];
    return { value, interval95: [at(0.025), at(0.975)] };
  };
  const laws = names.map((name, m) => {
    const image = Math.hypot(
      ...[base, m].map((q) => fitted.reduce((sum, run) => sum + run.errors[q] / run.losses[q], 0) / fitted.length),
    );
    const { size, loss, least } = central[m];
    const own = central[base];
    return {
      name,
      size: estimate(
        size,
        draws.map((draw) => draw[m].size),
      ),
      loss: estimate(
        loss,
        draws.map((draw) => draw[m].loss),
      ),
      sizeDifference: estimate(
        size - own.size,
        draws.map((draw) => draw[m].size - draw[base].size),
      ),
      lossDifference: estimate(
        loss - own.loss,
        draws.map((draw) => draw[m].loss - draw[base].loss),
      ),
      ratios: budgets.map((_, i) =>
        estimate(
          Math.exp(least[i] - own.least[i]),
          draws.map((draw, k) => Math.exp(draw[m].least[i] - draw[base].least[i] + image * normalDraws[k])),
        ),
      ),
      scatter: Math.sqrt(dot(residuals[m], residuals[m]) / fitted.length),
      heldOut: later.map(({ losses }) => losses[m] / losses[base]),
    };
  });
  return { budgets, laws };
};

const told = (/** @type {Estimate} */ { value, interval95: [low, high] }, digits = 4) =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** @param {string[]} names @param {Run[]} runs */
const long = (names, runs) =>
  runs
    .filter(({ C }) => C < HELD_OUT)
    .flatMap(({ C, N, D, losses }) => names.map((name, m) => [C, N, D, losses[m], name].join(",")));

const main = () => {
  const options = /** @type {const} */ ({
    beside: { type: "string", default: "own" },
    bend: { type: "string", default: "2" },
    degree: { type: "string", default: "3" },
    long: { type: "boolean", default: false },
  });
  const { beside, bend, degree, long: asTable } = parseArgs({ options }).values;
  const { names, runs } = readRuns(readFileSync(new URL("runs.csv", import.meta.url), "utf8"));
  if (asTable) {
    console.log(["C,N,D,loss,data", ...long(names, runs)].join("\n"));
    return;
  }
  const { budgets, laws } = parallel(names, runs, beside, Number(bend), Number(degree));
  for (const law of laws) {
    console.log(`${law.name}: exponent of the loss ${told(law.loss)}, of N* ${told(law.size, 3)}`);
    console.log(`  scatter about the law ${(100 * law.scatter).toFixed(2)} %`);
    if (law.name === beside) continue;
    console.log(`  less that of ${beside}: loss ${told(law.lossDifference)}, N* ${told(law.sizeDifference, 3)}`);
    for (const [i, C] of budgets.entries()) console.log(`  loss over ${beside} at ${C}: ${told(law.ratios[i], 3)}`);
    console.log(`  of the runs held out: ${law.heldOut.map((ratio) => ratio.toFixed(3)).join(", ")}`);
  }
  if (beside !== "own" || bend !== "2" || degree !== "3") return;
  const figure = seriesFigure(
    laws
      .filter(({ name }) => name !== "own")
      .map(({ name, ratios }) => ({
        name,
        points: ratios.map(({ value, interval95 }, i) => ({ x: budgets[i], y: value, ci95: interval95 })),
      })),
    {
      caption: "The least loss on other data over that on the own at equal compute. Parallel laws were level lines.",
      x: { label: "training compute C, FLOPs", scale: "log", format: "scientific" },
      y: { label: "least loss, over that on the own data", scale: "log" },
    },
  );
  writeFileSync(new URL("figures/offset.svg", import.meta.url), figure.draw({ document }));
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
