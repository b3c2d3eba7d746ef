/**
 * Four ways to fit one table of language-model runs, with intervals, in one report: isoFLOP parabolas (Approach 2), the log-Huber
 * surface (Approach 3), least squares of the loss by variable projection, least squares of ln L with the choice of form.
 *
 *   node main.mjs                                  the synthetic runs beside this file
 *   node main.mjs --input figure.csv --drop 5      the runs extracted from the Chinchilla figure (Besiroglu et al. 2404.10102)
 *
 * Options: --C --N --loss column names, --drop highest losses left out, --resamples, --target FLOPs, --json, --out report.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  allocationExponents,
  approach2Bias,
  bootstrapIsoFlop,
  bootstrapSurfaceAsync,
  criteria,
  dropHighestLoss,
  expectOk,
  isoFlop,
  optimalAllocation,
  parseRuns,
  surfaceAsync,
} from "@isoflop/scaling";
import { threadExecutor } from "@isoflop/scaling/node";

const { values: options } = parseArgs({
  options: {
    input: { type: "string", default: new URL("synthetic.csv", import.meta.url).pathname },
    C: { type: "string", default: "Training FLOP" },
    N: { type: "string", default: "Model Size" },
    loss: { type: "string", default: "loss" },
    drop: { type: "string", default: "5" },
    resamples: { type: "string", default: "400" },
    target: { type: "string", default: "5.76e23" },
    json: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

/** Compute of the nine isoFLOP curves of Hoffmann et al. 2022; the extracted runs scatter about them. */
const BUDGETS = [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21];
const TOLERANCE = 0.15;

const target = Number(options.target);
const resamples = Number(options.resamples);
const columns = { C: options.C, N: options.N, loss: options.loss };
const all = parseRuns(readFileSync(options.input, "utf8"), { columns });
const { runs, dropped } = dropHighestLoss(all.runs, Number(options.drop));

const executor = threadExecutor({ threads: 2 });
const report = await analyse();
await executor.close();

async function analyse() {
  const huber = await surfaceMethod("log-Huber surface (Approach 3)", { objective: "log-huber" });
  return {
    input: { rows: all.runs.length, used: runs.length, dropped: [...all.dropped, ...dropped] },
    methods: [
      isoFlopMethod(huber.fit),
      huber,
      await surfaceMethod("least squares of L (variable projection)", { objective: "squares" }),
      await surfaceMethod("least squares of ln L", { objective: "log-squares" }),
    ],
    forms: await formTable(),
    withoutFilter: await withoutFilter(),
  };
}

function isoFlopMethod(surface) {
  const settings = { budgets: BUDGETS, tolerance: TOLERANCE };
  const fit = isoFlop(runs, settings);
  const boot = bootstrapIsoFlop(runs, { ...settings, resamples, seed: 1, at: [target] });
  const bias = approach2Bias(
    surface,
    runs.filter((run) => !fit.unassigned.includes(run)),
    target,
    settings,
  );
  return {
    name: "isoFLOP parabolas (Approach 2)",
    exponent: boot.ok ? pick(boot.N.exponent) : boot,
    N: boot.ok ? pick(boot.N.at[0]) : boot,
    D: boot.ok ? pick(boot.D.at[0]) : boot,
    bias: bias.ok ? { exponent: bias.exponent, relative: bias.relative } : bias,
    droppedBudgets: fit.dropped,
    unassigned: fit.unassigned.length,
  };
}

async function surfaceMethod(name, settings) {
  const fit = expectOk(await surfaceAsync(runs, { ...settings, executor }));
  const boot = expectOk(
    await bootstrapSurfaceAsync(fit, runs, {
      resamples,
      seed: 1,
      executor,
      statistics: {
        exponent: (s) => allocationExponents(s).N,
        N: (s) => optimalAllocation(s, target).N,
        D: (s) => optimalAllocation(s, target).D,
      },
    }),
  );
  const parameters = Object.fromEntries(Object.entries(boot.parameters).map(([key, value]) => [key, pick(value)]));
  const { exponent, N, D } = boot.statistics;
  return { name, fit, parameters, exponent: pick(exponent), N: pick(N), D: pick(D) };
}

function pick({ value, ci95, standardError }) {
  return { value, ci95, standardError };
}

async function formTable() {
  const rows = [];
  for (const form of ["chinchilla", "tied", "no-floor", "kaplan"]) {
    const fit = expectOk(await surfaceAsync(runs, { form, objective: "log-squares", executor }));
    rows.push({ form, status: fit.status, ...criteria(fit.sumOfSquares, fit.points, fit.theta.length) });
  }
  const best = Math.min(...rows.map((row) => row.aicc));
  return rows.map((row) => ({ ...row, deltaAicc: row.aicc - best }));
}

/** The same log-Huber fit with the runs of highest loss left in: what the filter decides. */
async function withoutFilter() {
  const fit = expectOk(await surfaceAsync(all.runs, { executor }));
  return {
    rows: all.runs.length,
    exponent: allocationExponents(fit).N,
    alpha: fit.parameters.alpha.value,
    beta: fit.parameters.beta.value,
  };
}

if (options.out) writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
if (options.json) console.log(JSON.stringify(report, null, 2));
else print();

function print() {
  const n = (v) => (Math.abs(v) >= 1e5 ? v.toExponential(3) : v.toPrecision(4));
  const range = ({ value, ci95 }) => `${n(value)} [${n(ci95[0])}, ${n(ci95[1])}]`;
  console.log(
    `${report.input.used} of ${report.input.rows} runs; left out: rows ${report.input.dropped.map((d) => `${d.row} (${d.reason})`).join(", ") || "none"}`,
  );
  console.log(
    `95 % percentile intervals from ${resamples} resamples; N* and D* at ${target.toExponential(2)} FLOPs = 6ND\n`,
  );
  for (const method of report.methods) {
    console.log(method.name);
    if (method.exponent.reason) {
      console.log(`  refused: ${method.exponent.message}\n`);
      continue;
    }
    console.log(`  N* ~ C^a, a = ${range(method.exponent)}   N* = ${range(method.N)}   D* = ${range(method.D)}`);
    if (method.parameters) {
      console.log(
        `  ${Object.entries(method.parameters)
          .map(([key, value]) => `${key} ${range(value)}`)
          .join("  ")}`,
      );
      console.log(
        `  objective ${method.fit.value}  status ${method.fit.status}  ${method.fit.starts.reachedBest} of ${method.fit.starts.tried} starts there`,
      );
    }
    if (method.bias?.exponent) {
      const { exponent, relative } = method.bias;
      console.log(
        `  bias of the parabola on this grid, if the log-Huber surface were true: exponent ${exponent.N >= 0 ? "+" : ""}${exponent.N.toFixed(4)}, N* ${(100 * relative.N).toFixed(1)} %`,
      );
      console.log(
        `  ${method.unassigned} runs lie off every budget; ${method.droppedBudgets.length} budgets have no interior minimum`,
      );
    }
    console.log();
  }
  console.log("Form (least squares of ln L)");
  for (const row of report.forms)
    console.log(`  ${row.form.padEnd(11)} ΔAICc ${row.deltaAicc.toFixed(1).padStart(7)}  ${row.status}`);
  const w = report.withoutFilter;
  console.log(
    `\nWith all ${w.rows} runs the log-Huber exponent is ${w.exponent.toFixed(4)} (alpha ${w.alpha.toFixed(4)}, beta ${w.beta.toFixed(4)})`,
  );
}
