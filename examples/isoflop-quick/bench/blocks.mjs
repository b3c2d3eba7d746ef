// One block or two, and how much of them is MLP, from 1e10 to 3.2e12 FLOPs: the recipe's other shapes at their own widths, by one law of the rate.
// node examples/isoflop-quick/bench/blocks.mjs [folder] [largest budget]
import { changed, plainer, recipe, runOf, SEED, trained } from "./recipe.mjs";

const [folder = "runs/blocks", most = "3.2e12"] = process.argv.slice(2);
const groups = recipe.optimizer.groups;
const shape = (depth, mlpRatio) => ({ change: { model: { mlpRatio }, size: () => ({ depth }) } });
const families = {
  "one block, MLP ratio 4, one rate for all": {
    change: plainer.change,
    widths: { 1e10: [16], 4e10: [32], 3.2e11: [48], 3.2e12: [80] },
  },
  "one block, MLP ratio 2, the recipe": {
    ...shape(1, 2),
    widths: { 1e10: [16, 24], 4e10: [32], 3.2e11: [48], 3.2e12: [80, 96] },
  },
  "two blocks, MLP ratio 2": { ...shape(2, 2), widths: { 1e10: [16], 4e10: [16, 24], 3.2e11: [32, 40], 3.2e12: [56] } },
  "two blocks, MLP ratio 1": {
    ...shape(2, 1),
    widths: { 1e10: [16, 24], 4e10: [16, 24, 32], 3.2e11: [24, 32, 40], 3.2e12: [48, 56, 72] },
  },
  "three blocks, MLP ratio 1": { ...shape(3, 1), widths: { 3.2e11: [32], 3.2e12: [48] } },
};

console.log("family\tbudget\twidth\tloss");
for (const [name, { change, widths }] of Object.entries(families)) {
  const cells = Object.entries(widths).flatMap(([budget, own]) =>
    own.map((width) => ({ budget: Number(budget), width })),
  );
  const asked = cells.filter(({ budget }) => budget <= Number(most));
  const runs = [];
  for (const cell of asked)
    runs.push(
      await runOf({ ...cell, seed: SEED, rate: plainer.rate, change: changed({ optimizer: { groups } }, change) }),
    );
  const records = await trained(runs, { folder });
  for (const [i, { budget, width }] of asked.entries())
    console.log([name, budget, width, records[i].result?.loss.toFixed(4) ?? "diverged"].join("\t"));
}
