// Depth and muP with the plainer recipe: two and three blocks, and muP, each at rates around the recipe's, at equal FLOPs on the same seeds.
// node examples/isoflop-quick/bench/depth-mup.mjs [folder]
import { changed, plainer, runOf, SEED, trained } from "./recipe.mjs";

const [folder = "runs/depth"] = process.argv.slice(2);
const { rate: rule } = plainer;
const scaled = (factor) => ({ ...rule, at: factor * rule.at });
// Under muP one rate serves every width: the rule keeps the power of the tokens alone.
const { width: _, ...flat } = rule;
const deep = (depth) => ({ rate: scaled, change: { size: () => ({ depth }) } });
const families = {
  "one block": { rate: scaled },
  "two blocks": deep(2),
  "three blocks": deep(3),
  "one block, muP": {
    rate: (factor) => ({ ...flat, at: factor * rule.at }),
    change: { model: { parameterization: { kind: "muP", baseWidth: 32 } } },
  },
};
/** A deeper model of as many parameters is narrower. muP with a base of 32 is told from the standard at other widths. */
const [shallow, deeper] = [
  ["one block", "one block, muP"],
  ["two blocks", "three blocks"],
];
const cells = [
  { budget: 2e10, seeds: 3, factors: [0.6, 1, 1.7], names: shallow, widths: [24, 48] },
  { budget: 2e10, seeds: 3, factors: [0.6, 1, 1.7], names: deeper, widths: [16, 24] },
  { budget: 8e10, seeds: 2, factors: [0.6, 1, 1.7], names: shallow, widths: [48] },
  { budget: 8e10, seeds: 2, factors: [0.6, 1, 1.7], names: ["two blocks"], widths: [32] },
  { budget: 3.2e11, seeds: 2, factors: [1], names: shallow, widths: [48] },
  { budget: 3.2e11, seeds: 2, factors: [1], names: ["two blocks"], widths: [40] },
];

const mean = (values) => values.reduce((s, x) => s + x, 0) / values.length;
console.log("budget\tmodel\twidth\tloss at the rates of the rule × 0.6, × 1, × 1.7 (mean over seeds)");
for (const { budget, seeds, factors, names, widths } of cells)
  for (const name of names)
    for (const width of widths) {
      const { rate, change } = families[name];
      const runs = [];
      for (const factor of factors)
        for (let seed = SEED; seed < SEED + seeds; seed++)
          runs.push(await runOf({ budget, width, seed, rate: rate(factor), change: changed(plainer.change, change) }));
      const losses = (await trained(runs, { folder })).map(({ result }) => result?.loss ?? Number.NaN);
      const means = factors.map((_, i) => mean(losses.slice(i * seeds, (i + 1) * seeds)).toFixed(4));
      console.log([budget, name, width, ...means].join("\t"));
    }
