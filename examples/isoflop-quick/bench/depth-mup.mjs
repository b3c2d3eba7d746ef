// Depth and muP with this recipe: two and three blocks, and muP, each with the rates around its own best, at equal FLOPs on the same seeds.
// node examples/isoflop-quick/bench/depth-mup.mjs [folder]
import { rule, runOf, SEED, trained } from "./recipe.mjs";

const [folder = "runs/depth"] = process.argv.slice(2);
const scaled = (factor) => ({ ...rule, at: factor * rule.at });
const deep = (depth) => ({ size: () => ({ depth }) });
// Under muP the rate is that of the base model at every width: it keeps the power of the tokens alone.
const { width: _, ...flat } = rule;
const muP = { model: { parameterization: { kind: "muP", baseWidth: 32 } } };
const cells = [
  { budget: 2e10, widths: { 1: [24, 32], 2: [16, 24], 3: [16, 24] }, seeds: 3, factors: [0.6, 1, 1.7] },
  { budget: 8e10, widths: { 1: [32, 40], 2: [24, 32], 3: [16, 24] }, seeds: 2, factors: [0.6, 1, 1.7] },
  { budget: 3.2e11, widths: { 1: [48], 2: [32], 3: [32] }, seeds: 2, factors: [1] },
];
const families = [
  { name: "one block", depth: 1, rate: scaled },
  { name: "two blocks", depth: 2, rate: scaled, change: deep(2) },
  { name: "three blocks", depth: 3, rate: scaled, change: deep(3) },
  { name: "one block, muP", depth: 1, rate: (factor) => ({ ...flat, at: factor * rule.at }), change: muP },
];
console.log("budget\tfamily\twidth\trate\tloss, mean over seeds");
const mean = (values) => values.reduce((s, x) => s + x, 0) / values.length;
for (const { budget, widths, seeds, factors } of cells)
  for (const { name, depth, rate, change } of families)
    for (const width of widths[depth]) {
      const runs = [];
      for (const factor of factors)
        for (let seed = SEED; seed < SEED + seeds; seed++)
          runs.push(await runOf({ budget, width, seed, rate: rate(factor), change }));
      const losses = (await trained(runs, { folder })).map(({ result }) => result?.loss ?? Number.NaN);
      for (const [i, factor] of factors.entries()) {
        const own = losses.slice(i * seeds, (i + 1) * seeds);
        console.log(
          [budget, name, width, `× ${factor}`, mean(own).toFixed(4), own.map((x) => x.toFixed(4))].join("\t"),
        );
      }
    }
