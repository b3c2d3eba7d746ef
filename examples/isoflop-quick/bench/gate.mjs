// What a gate in the MLP (SwiGLU) would change of the recipe, how wide it should be, and the rate's law with it: per cent of the loss against the recipe on the same seeds.
// node examples/isoflop-quick/bench/gate.mjs [folder] [budget] [idea …]
import { changed, rule, runOf, SEED, trained } from "./recipe.mjs";

const rates = (factors) => {
  const all = { "t_embedder.*": 0.3, "context_embedder.*": 3, ...factors };
  return { groups: Object.entries(all).map(([match, learningRate]) => ({ match, learningRate })) };
};
const gated = { model: { mlp: "swiglu" } };
const ideas = {
  SwiGLU: {},
  "MLP ratio 1.5": { change: { model: { mlpRatio: 1.5 } } },
  "MLP ratio 3": { change: { model: { mlpRatio: 3 } } },
  "rate × 0.6": { rate: { ...rule, at: 0.6 * rule.at } },
  "rate × 1.7": { rate: { ...rule, at: 1.7 * rule.at } },
  "rate of the captions × 6": { change: { optimizer: rates({ "context_embedder.*": 6 }) } },
  "rate of the captions × 12": { change: { optimizer: rates({ "context_embedder.*": 12 }) } },
  "rate of the time MLP × 0.1": { change: { optimizer: rates({ "t_embedder.*": 0.1 }) } },
  "captions dropped 0 %": { change: { captionDropout: 0 } },
  "captions dropped 5 %": { change: { captionDropout: 0.05 } },
};
const cells = [
  { budget: 1e10, width: 24, seeds: 8 },
  { budget: 4e10, width: 32, seeds: 20 },
  { budget: 8e10, width: 32, seeds: 8 },
  { budget: 3.2e11, width: 48, seeds: 4 },
  { budget: 3.2e12, width: 80, seeds: 2 },
];

const [folder = "runs/gate", budget = "4e10", ...asked] = process.argv.slice(2);
const cell = cells.find((one) => one.budget === Number(budget));
if (!cell)
  throw new Error(`budget is ${budget}; cells are of ${cells.map((one) => one.budget.toExponential()).join(", ")}`);
const lossesOf = async ({ change, ...rest }) => {
  const runs = Array.from({ length: cell.seeds }, (_, i) => runOf({ ...cell, seed: SEED + i, ...rest, change }));
  return (await trained(await Promise.all(runs), { folder })).map(({ result }) => result?.loss ?? Number.NaN);
};
const mean = (values) => values.reduce((s, x) => s + x, 0) / values.length;
const deviation = (values) => Math.sqrt(values.reduce((s, x) => s + (x - mean(values)) ** 2, 0) / (values.length - 1));

const without = await lossesOf({});
const percent = (losses) => (100 * deviation(losses.map(Math.log))).toFixed(1);
console.log(`${budget} FLOPs, width ${cell.width}, ${cell.seeds} seeds`);
console.log("\tloss\tdeviation of seeds\tagainst the recipe, paired");
console.log(["the recipe, GELU", mean(without).toFixed(4), `${percent(without)} %`, ""].join("\t"));
for (const name of asked.length > 0 ? asked : Object.keys(ideas)) {
  const { change, ...rest } = ideas[name];
  const losses = await lossesOf({ ...rest, change: changed(gated, change) });
  const ratios = losses.map((loss, i) => 100 * Math.log(loss / without[i]));
  const error = deviation(ratios) / Math.sqrt(ratios.length);
  const paired = `${mean(ratios).toFixed(2)} ± ${error.toFixed(2)} %`;
  console.log([name, mean(losses).toFixed(4), `${percent(losses)} %`, paired].join("\t"));
}
