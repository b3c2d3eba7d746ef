// Measures and fits the law of the learning rate: peak rates around a starting rule, over widths, budgets and batches, all else equal within a cell
// (same initial weights, noise, times and order of the data).
// node examples/isoflop-quick/bench/learning-rate.mjs [data] [folder] [largest budget]
import { fitHyperparameter, predictHyperparameters } from "@isoflop/scaling";
import { learningRateOf } from "@isoflop/sweep";
import { runOf, SEED, trained } from "./recipe.mjs";

const [data = "emoji", folder = "runs/learning-rate", most = "1.3e12"] = process.argv.slice(2);
const cells = [
  { budget: 1e10, widths: [16, 32, 56], seeds: 4, reach: 2 },
  { budget: 8e10, widths: [16, 32, 56], seeds: 2, reach: 2 },
  { budget: 8e10, widths: [32, 56], seeds: 2, reach: 2, batch: 8 },
  { budget: 3.2e11, widths: [32, 56], seeds: 2, reach: 2 },
  { budget: 1.28e12, widths: [56], seeds: 1, reach: 1 },
].filter(({ budget }) => budget <= Number(most));
const FACTOR = 1.7;
// Read by eye from pairs of runs; the square root of the batch is Adam's law where gradients are mostly noise (arXiv 2205.10287).
const startingRule = { at: 0.0042, width: [32, -0.6], tokens: [5e5, -0.1], batch: [2, 0.5] };

/** Runs of one cell and seed follow each other, from the lowest rate to the highest. */
const series = [];
for (const { widths, seeds, reach, ...cell } of cells)
  for (const width of widths)
    for (let seed = SEED; seed < SEED + seeds; seed++) {
      const runs = [];
      for (let power = -reach; power <= reach; power++)
        runs.push(
          await runOf({ data, ...cell, width, seed, rate: { ...startingRule, at: FACTOR ** power * startingRule.at } }),
        );
      series.push(runs);
    }

const records = new Map((await trained(series.flat(), { folder })).map((record) => [record.id, record]));
const lossOf = ({ id }) => records.get(id).result?.loss;
const rows = series.flat().flatMap((run) => {
  const { config, tokens, batch, budget, seed, spec } = run;
  const loss = lossOf(run);
  return loss === undefined
    ? []
    : [{ width: config.width, tokens, batch, budget, seed, lr: spec.optimizer.learningRate, loss }];
});

console.log("batch\tbudget\twidth\tseed\tlosses at rates from the lowest to the highest");
for (const runs of series) {
  const [{ config, batch, budget, seed }] = runs;
  console.log(
    [batch, budget, config.width, seed, ...runs.map((run) => lossOf(run)?.toFixed(4) ?? "diverged")].join("\t"),
  );
}

// The losses of a cell fall together where its seed is easy, so each seed is a cell of its own, whose level is free.
const shown = ({ value, standardError }) => `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;
const fitOf = (chosen, predictors) =>
  fitHyperparameter(chosen, {
    ...{
      laws: { lr: predictors },
      losses: chosen.map(({ loss }) => loss),
      cells: ["budget", "width", "batch", "seed"],
    },
    ...{ scale: "log", method: "joint" },
  });
const rateAt = (fit, at) => predictHyperparameters(fit, at).predicted.lr;
const reference = { width: 32, tokens: 5e5, batch: 2 };
const report = (name, chosen, predictors) => {
  const fit = fitOf(chosen, predictors);
  console.log(`\n${name}: ${chosen.length} runs`);
  if (!fit.ok) return console.log(fit.message);
  const { value, ci95 } = rateAt(fit, reference);
  const [low, high] = ci95.map((x) => x.toPrecision(3));
  console.log(`  at width 32, 5e5 tokens, batch 2: ${value.toPrecision(3)} (95 %: ${low} to ${high})`);
  for (const one of predictors) console.log(`  exponent of ${one}: ${shown(fit.laws.lr.exponents[one])}`);
  const { curvature } = fit.sensitivity.lr;
  const costs = [1.5, 2].map((x) => `${(100 * curvature.value * Math.log(x) ** 2).toFixed(2)} % for × ${x}`);
  console.log(
    `  curvature of ln loss per (ln rate)²: ${shown(curvature)}, so that a wrong rate costs ${costs.join(", ")}`,
  );
  console.log(`  noise of a run: ${(100 * fit.noise.standardDeviation).toFixed(2)} %`);
  return fit;
};
const small = rows.filter(({ batch }) => batch === 2);
const law = report("all runs", rows, ["width", "tokens", "batch"]);
report("batch 2", small, ["width", "tokens"]);
// A parabola is a local statement: further off, a basin is steeper towards high rates.
const near = ({ lr, ...at }) => Math.abs(Math.log(lr / learningRateOf(startingRule, at))) < Math.log(2);
report("rates within a factor 2 of the starting rule", rows.filter(near), ["width", "tokens", "batch"]);
for (const budget of new Set(small.map((row) => row.budget)))
  report(
    `batch 2, ${budget.toExponential()}`,
    small.filter((row) => row.budget === budget),
    ["width"],
  );

// A cell by itself, whose seeds share a rate: what the law misses, and what that costs by the common curvature.
console.log(
  "\nbatch\tbudget\twidth\ttokens\tbest rate of the cell\tthe law's\tthe starting rule's\twhat the law costs there",
);
const kappa = law.sensitivity.lr.curvature.value;
for (const { widths, batch = 2, budget } of cells)
  for (const width of widths) {
    const own = rows.filter((row) => row.width === width && row.batch === batch && row.budget === budget);
    const [{ tokens }] = own;
    const at = { width, tokens, batch };
    const fit = fitOf(own, []);
    const rate = rateAt(law, at).value;
    // One seed at three rates has a parabola without an error.
    const { value: logBest, standardError } = fit.ok ? fit.laws.lr.logCoefficient : {};
    const best = fit.ok
      ? `${Math.exp(logBest).toPrecision(3)} × ${Math.exp(standardError).toFixed(2)}^±1`
      : "too few runs";
    const cost = fit.ok ? `${(100 * kappa * (Math.log(rate) - logBest) ** 2).toFixed(2)} %` : "";
    console.log(
      [
        batch,
        budget,
        width,
        tokens,
        best,
        rate.toPrecision(3),
        learningRateOf(startingRule, at).toPrecision(3),
        cost,
      ].join("\t"),
    );
  }

// Where a study runs: what the law is not known by, as a share of the loss.
console.log("\nbudget\twidth\tthe law's rate\t95 %\texpected cost\tcost of the starting rule");
for (const [budget, width] of [
  [1e10, 24],
  [4e10, 32],
  [1.6e11, 40],
  [3.2e11, 48],
  [3.2e12, 56],
  [3.2e12, 80],
]) {
  const { tokens } = await runOf({ data, budget, width });
  const at = { width, tokens, batch: 2 };
  const { value, ci95 } = rateAt(law, at);
  const cost = (ratio) => `${(100 * kappa * Math.log(ratio) ** 2).toFixed(2)} %`;
  const interval = ci95.map((x) => x.toPrecision(3)).join(" to ");
  console.log(
    [
      budget,
      width,
      value.toPrecision(3),
      interval,
      cost(Math.sqrt(ci95[1] / ci95[0]) ** (1 / 1.96)),
      cost(value / learningRateOf(startingRule, at)),
    ].join("\t"),
  );
}
