// How much of a block should be its MLP at budgets of minutes? Ratios at their own best widths, as a smaller ratio makes a width cheaper:
// node examples/isoflop-quick/bench/mlp-ratio.mjs [folder] [budget]
import { changed, plainer, runOf, SEED, trained } from "./recipe.mjs";

const cells = [
  { budget: 4e10, widths: [24, 32, 40], ratios: [1, 2, 4], seeds: 4 },
  { budget: 3.2e11, widths: [48, 56], ratios: [2, 4], seeds: 2 },
];
const [folder = "runs/mlp-ratio", budget = "4e10"] = process.argv.slice(2);
const cell = cells.find((one) => one.budget === Number(budget));
if (!cell)
  throw new Error(`budget is ${budget}; it can be ${cells.map((one) => one.budget.toExponential()).join(" or ")}`);
const mean = (values) => values.reduce((s, x) => s + x, 0) / values.length;

console.log(
  `loss at ${budget} FLOPs, mean of ${cell.seeds} seeds\t${cell.widths.map((width) => `width ${width}`).join("\t")}`,
);
for (const mlpRatio of cell.ratios) {
  const runs = [];
  for (const width of cell.widths)
    for (let seed = SEED; seed < SEED + cell.seeds; seed++)
      runs.push(
        await runOf({
          ...{ budget: cell.budget, width, seed, rate: plainer.rate },
          change: changed(plainer.change, { model: { mlpRatio } }),
        }),
      );
  const losses = (await trained(runs, { folder })).map(({ result }) => result?.loss ?? Number.NaN);
  const means = cell.widths.map((_, i) => mean(losses.slice(i * cell.seeds, (i + 1) * cell.seeds)));
  console.log([`MLP ratio ${mlpRatio}`, ...means.map((x) => x.toFixed(4))].join("\t"));
}
