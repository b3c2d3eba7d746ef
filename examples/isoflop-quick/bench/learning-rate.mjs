// Measures and fits the law of the learning rate: peak rates around a starting rule, over widths, budgets and batches, all else equal within a cell
// (same initial weights, noise, times and order of the data).
// node examples/isoflop-quick/bench/learning-rate.mjs [data] [folder] [largest budget]
import { fitHyperparameter, predictHyperparameters } from "@isoflop/scaling";
import { runOf, SEED, startingRule, trained } from "./recipe.mjs";

const [data = "emoji", folder = "runs/learning-rate", most = "1.3e12"] = process.argv.slice(2);
const cells = [
  { budget: 1e10, widths: [16, 32, 56], seeds: 4, reach: 2 },
  { budget: 8e10, widths: [16, 32, 56], seeds: 2, reach: 2 },
  { budget: 8e10, widths: [32, 56], seeds: 2, reach: 2, batch: 8 },
  { budget: 3.2e11, widths: [32, 56], seeds: 2, reach: 2 },
  { budget: 1.28e12, widths: [56], seeds: 1, reach: 1 },
].filter(({ budget }) => budget <= Number(most));
const FACTOR = 1.7;
// Of the batch the starting rule says nothing; the square root is Adam's law where gradients are mostly noise (arXiv 2205.10287).
const centre = { ...startingRule, batch: [2, 0.5] };

/** Runs of one cell and seed follow each other, from the lowest rate to the highest. */
const series = [];
for (const { widths, seeds, reach, ...cell } of cells)
  for (const width of widths)
    for (let seed = SEED; seed < SEED + seeds; seed++) {
      const runs = [];
      for (let power = -reach; power <= reach; power++)
        runs.push(await runOf({ data, ...cell, width, seed, rate: { ...centre, at: FACTOR ** power * centre.at } }));
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

// The losses of a cell fall together where its seed is easy, so each seed is a cell of its own.
const shown = ({ value, standardError }) => `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;
const report = (name, chosen, predictors) => {
  const losses = chosen.map(({ loss }) => loss);
  const options = { laws: { lr: predictors }, losses, cells: ["budget", "width", "batch", "seed"], scale: "log" };
  const fit = fitHyperparameter(chosen, { ...options, method: "joint" });
  console.log(`\n${name}: ${chosen.length} runs`);
  if (!fit.ok) return console.log(fit.message);
  const { exponents } = fit.laws.lr;
  for (const one of predictors) console.log(`  exponent of ${one}: ${shown(exponents[one])}`);
  const at = Object.fromEntries(predictors.map((one) => [one, { width: 32, tokens: 5e5, batch: 2 }[one]]));
  const { value, ci95 } = predictHyperparameters(fit, at).predicted.lr;
  console.log(
    `  at ${JSON.stringify(at)}: ${value.toPrecision(3)} (95 %: ${ci95.map((x) => x.toPrecision(3)).join(" to ")})`,
  );
  const { curvature } = fit.sensitivity.lr;
  console.log(
    `  curvature of ln loss per (ln rate)²: ${shown(curvature)}; noise of a run ${fit.noise.standardDeviation.toFixed(4)}`,
  );
  const costs = [1.5, 2].map((x) => `× ${x} costs ${(100 * curvature.value * Math.log(x) ** 2).toFixed(2)} %`);
  console.log(`  a rate that is off by ${costs.join(", by ")} of the loss`);
  return fit;
};
const small = rows.filter(({ batch }) => batch === 2);
report("width and tokens, batch 2", small, ["width", "tokens"]);
report("width, tokens and batch", rows, ["width", "tokens", "batch"]);
for (const budget of new Set(small.map((row) => row.budget)))
  report(
    `batch 2, ${budget.toExponential()}`,
    small.filter((row) => row.budget === budget),
    ["width"],
  );
