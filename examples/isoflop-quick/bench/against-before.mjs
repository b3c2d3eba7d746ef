// The same FLOPs with the recipe and with the one before it (batch 16, an MLP of ratio 4, no norm of queries and keys, time as a token, one rate for all
// parameters), each by its own rate's law:
// node examples/isoflop-quick/bench/against-before.mjs [folder] [budget] [widths] [seeds]
import { changed, plainer, runOf, SEED, trained } from "./recipe.mjs";

const [folder = "runs/before", budget = "3.2e11", widths = "40,48", seeds = "2"] = process.argv.slice(2);
const before = {
  batch: 16,
  rate: { at: 0.0115, width: [32, -0.15] },
  change: changed(plainer.change, { model: { qkNorm: "none", time: "token" } }),
};
console.log("width\tseed\tbefore\tnow\tchange");
for (const width of widths.split(",").map(Number))
  for (let seed = SEED; seed < SEED + Number(seeds); seed++) {
    const cell = { budget: Number(budget), width, seed };
    const records = await trained([await runOf({ ...cell, ...before }), await runOf(cell)], { folder });
    const [old, now] = records.map(({ result }) => result.loss);
    console.log([width, seed, old.toFixed(4), now.toFixed(4), `${(100 * (now / old - 1)).toFixed(1)} %`].join("\t"));
  }
