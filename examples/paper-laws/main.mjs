/**
 * The scaling laws of "Scaling Laws for Diffusion Transformers", recovered from isoFLOP parabolas that obey them, with bands, the
 * extrapolation to 1.5e21 FLOPs, what an irreducible loss would change, and the grid for the six budgets.
 * Run: node main.mjs [--json] [--out report.json]
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  bootstrapIsoFlop,
  evaluateSaturating,
  expectOk,
  isInterior,
  isoFlop,
  normals,
  predictIsoFlop,
  predictPowerLaw,
  random,
  saturatingLaw,
} from "@isoflop/scaling";
import { at, paper, study } from "./laws.mjs";

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, out: { type: "string" } },
});

/** Standard deviation of one run's loss in the noisy study. */
const NOISE = 8e-4;

const exact = study();
const noisy = study({ noise: NOISE, normal: normals(random(1)) });
const report = {
  exact: recovered(exact),
  printed: Object.fromEntries(Object.entries(paper.laws).map(([name, law]) => [name, at(law, paper.target)])),
  noisy: extrapolation(noisy),
  irreducible: irreducible(noisy),
  plan: plan(),
};

/** Laws fitted to exact parabolas: the printed coefficients come back. D is C / 6N here, so its coefficient is 1 / (6 · 0.0009). */
function recovered(runs) {
  const fit = isoFlop(runs);
  const fid = isoFlop(runs, { quantity: "fid" });
  const law = (outcome) => {
    const { coefficient, exponent } = expectOk(outcome);
    return { coefficient: coefficient.value, exponent: exponent.value };
  };
  return { N: law(fit.N), D: law(fit.D), loss: law(fit.loss), fid: law(fid.loss) };
}

/** The same with noise: bootstrap intervals of the exponents, bands of the laws over compute, the prediction at the target. */
function extrapolation(runs) {
  const fit = isoFlop(runs);
  const boot = expectOk(bootstrapIsoFlop(runs, { resample: "residuals", seed: 1, at: [paper.target] }));
  const prediction = expectOk(predictIsoFlop(fit, paper.target));
  const grid = Array.from({ length: 41 }, (_, i) => 10 ** (17 + (i * 4.5) / 40));
  const band = (law) => grid.map((C) => ({ C, ...predictPowerLaw(expectOk(law), C) }));
  return {
    exponents: {
      N: { value: boot.N.exponent.value, ci95: boot.N.exponent.ci95 },
      D: { value: boot.D.exponent.value, ci95: boot.D.exponent.ci95 },
      loss: { value: boot.loss.exponent.value, ci95: boot.loss.exponent.ci95 },
    },
    target: { C: paper.target, N: prediction.N, D: prediction.D, loss: prediction.loss },
    bands: { N: band(fit.N), D: band(fit.D), loss: band(fit.loss) },
  };
}

/**
 * Sensitivity to the irreducible term. The printed law is pure; six budgets over less than two decades cannot exclude a floor. For each
 * floor that the optima allow, the loss at the target.
 */
function irreducible(runs) {
  const optima = isoFlop(runs).budgets.filter(isInterior);
  const C = optima.map((b) => b.C);
  const loss = optima.map((b) => b.optimum.loss.value);
  const fit = expectOk(saturatingLaw(C, loss));
  const pure = expectOk(isoFlop(runs).loss);
  const rows = [0, 0.1, 0.2, 0.3, 0.4, 0.5].map((floor) => {
    // A pure law through what is above the floor.
    const above = runs.map((run) => ({ ...run, loss: run.loss - floor }));
    const law = expectOk(isoFlop(above).loss);
    return { floor, loss: floor + predictPowerLaw(law, paper.target).value, scatter: law.residualStandardDeviation };
  });
  return {
    fitted: {
      status: fit.status,
      floor: fit.floor,
      exponent: fit.exponent,
      loss: evaluateSaturating(fit, paper.target),
    },
    pure: predictPowerLaw(pure, paper.target).value,
    rows,
  };
}

/** Seven sizes within a factor of four of the optimum, for each budget and the target. */
function plan() {
  return [...paper.budgets, paper.target].map((C) => {
    const optimal = at(paper.laws.N, C);
    const sizes = Array.from({ length: 7 }, (_, i) => optimal * 4 ** (i / 3 - 1));
    return { C, optimal, runs: sizes.map((N) => ({ N, D: C / (6 * N) })) };
  });
}

if (options.out) writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
if (options.json) console.log(JSON.stringify(report, null, 2));
else print();

function print() {
  const n = (v, digits = 4) => (v >= 1e5 || v < 1e-3 ? v.toExponential(digits - 1) : v.toPrecision(digits));
  const interval = ([low, high], digits = 4) => `${n(low, digits)} … ${n(high, digits)}`;
  console.log(
    "Laws recovered from exact isoFLOP parabolas, and as printed in arXiv 2410.08184 (C in FLOPs = 6ND, N parameters, D tokens)\n",
  );
  for (const [name, law] of Object.entries(paper.laws)) {
    const got = report.exact[name];
    console.log(
      `  ${name.padEnd(5)} ${n(got.coefficient, 5)} · C^${got.exponent.toFixed(4)}   printed ${law.coefficient} · C^${law.exponent}`,
    );
  }
  console.log(`\nAt ${paper.target.toExponential(1)} FLOPs by the printed laws`);
  console.log(
    `  N ${(report.printed.N / 1e6).toFixed(1)} M (the paper trains ${paper.targetSize / 1e6} M; within the rounding of 0.0009), D ${n(report.printed.D)} tokens, loss ${report.printed.loss.toFixed(4)}, FID ${report.printed.fid.toFixed(2)}`,
  );
  console.log(`\nWith noise of ${NOISE} on each loss (95 %)`);
  for (const [name, { value, ci95 }] of Object.entries(report.noisy.exponents))
    console.log(`  exponent of ${name.padEnd(5)} ${value.toFixed(4)}  in ${interval(ci95)}`);
  const { N, D, loss } = report.noisy.target;
  console.log(`  at the target: N ${n(N.value)} in ${interval(N.ci95)}, D ${n(D.value)} in ${interval(D.ci95)}`);
  console.log(`  a new run's loss there: ${loss.value.toFixed(4)} in ${interval(loss.interval95)}`);
  for (const [family, law] of Object.entries(loss.families))
    if (law)
      console.log(
        `    ${family.padEnd(13)} ${law.value.toFixed(4)} in ${interval(law.interval95)}  weight ${law.weight.toFixed(2)}`,
      );
  console.log("\nIf part of the loss is irreducible: law fitted to what is above it");
  for (const row of report.irreducible.rows)
    console.log(
      `  E = ${row.floor.toFixed(1)}  loss at the target ${row.loss.toFixed(4)}  scatter of ln (L − E) ${n(row.scatter, 2)}`,
    );
  const { fitted } = report.irreducible;
  console.log(
    `  fitted: E = ${fitted.floor.value.toFixed(3)} in ${fitted.floor.ci95.map((v) => v.toFixed(3)).join(" … ")} (${fitted.status})`,
  );
  console.log("\nPlan: seven sizes per budget, within a factor of four of the law's optimum");
  for (const row of report.plan)
    console.log(`  ${row.C.toExponential(1)}  ${row.runs.map((run) => n(run.N, 3)).join("  ")}`);
}
