// What else may lower the loss at equal FLOPs: one change at a time of the plainer recipe against it, on the same seeds (same data, noise and times).
// node examples/isoflop-quick/bench/ideas.mjs [folder] [budget] [idea …]
import { changed, plainer, runOf, SEED, trained } from "./recipe.mjs";

const rates = (factors) => ({
  optimizer: { groups: Object.entries(factors).map(([match, learningRate]) => ({ match, learningRate })) },
});
const ideas = {
  "decay over 50 %": { optimizer: { decay: 0.5 } },
  "decay over 20 %": { optimizer: { decay: 0.2 } },
  "cosine over 95 %": { optimizer: { decay: 0.95, shape: "cosine" } },
  "linear over 95 %": { optimizer: { decay: 0.95 } },
  "no warm-up": { optimizer: { warmup: 0 } },
  "warm-up 1 %": { optimizer: { warmup: 0.01 } },
  "warm-up 2 %": { optimizer: { warmup: 0.02 } },
  "warm-up 10 %": { optimizer: { warmup: 0.1 } },
  "β2 0.95": { optimizer: { beta2: 0.95 } },
  "β2 0.98": { optimizer: { beta2: 0.98 } },
  "β2 0.995": { optimizer: { beta2: 0.995 } },
  "β1 0.95": { optimizer: { beta1: 0.95 } },
  "β1 0.8": { optimizer: { beta1: 0.8 } },
  "average 0.03": { averaging: { kind: "power", width: 0.03 } },
  "average 0.1": { averaging: { kind: "power", width: 0.1 } },
  "weight decay 0.1": { optimizer: { weightDecay: 0.1 } },
  "clip at 0.3": { optimizer: { clip: 0.3 } },
  "clip at 10": { optimizer: { clip: 10 } },
  "RMS norm": { model: { norm: "rms" } },
  SwiGLU: { model: { mlp: "swiglu" } },
  "MLP ratio 1": { model: { mlpRatio: 1 } },
  "MLP ratio 2": { model: { mlpRatio: 2 } },
  "MLP ratio 3": { model: { mlpRatio: 3 } },
  "MLP ratio 6": { model: { mlpRatio: 6 } },
  "MLP ratio 2, RMS norm": { model: { mlpRatio: 2, norm: "rms" } },
  RoPE: { model: { positions: "rope" } },
  "64 time features": { model: { timeFeatures: 64 } },
  "time scale 100": { model: { timeScale: 100 } },
  "4 registers": { model: { registers: 4 } },
  "patch 4": { model: { patch: 4 } },
  "no caption dropout": { captionDropout: 0 },
  "rate of the captions × 3": rates({ "context_embedder.*": 3 }),
  "rate of the patches' embedding × 0.3": rates({ "x_embedder.*": 0.3 }),
  "rate of the patches' embedding × 3": rates({ "x_embedder.*": 3 }),
  "rate of the time MLP × 0.3": rates({ "t_embedder.*": 0.3 }),
  "rate of the time MLP × 0.1": rates({ "t_embedder.*": 0.1 }),
  "rates of the time MLP × 0.3, the captions × 3": rates({ "t_embedder.*": 0.3, "context_embedder.*": 3 }),
  "rate of the readout × 3": rates({ "linear.*": 3 }),
  "rate of the readout × 0.3": rates({ "linear.*": 0.3 }),
};
const cells = [
  { budget: 1e10, width: 24, seeds: 10 },
  { budget: 4e10, width: 32, seeds: 8 },
  { budget: 8e10, width: 32, seeds: 3 },
  { budget: 3.2e11, width: 48, seeds: 2 },
];

const [folder = "runs/ideas", budget = "8e10", ...asked] = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(ideas);
const seeded = (cell, change) =>
  Promise.all(
    Array.from({ length: cell.seeds }, (_, i) =>
      runOf({ ...cell, ...plainer, seed: SEED + i, change: changed(plainer.change, change) }),
    ),
  );
const lossesOf = async (runs) => (await trained(runs, { folder })).map(({ result }) => result?.loss ?? Number.NaN);

const mean = (values) => values.reduce((s, x) => s + x, 0) / values.length;
const cell = cells.find((one) => one.budget === Number(budget));
if (!cell)
  throw new Error(`budget is ${budget}; cells are of ${cells.map((one) => one.budget.toExponential()).join(" and ")}`);
const usual = await lossesOf(await seeded(cell));
console.log(`${budget} FLOPs, width ${cell.width}: the recipe ${usual.map((x) => x.toFixed(4)).join(", ")}`);
console.log("change\tloss\tagainst the recipe, paired");
for (const name of names) {
  const losses = await lossesOf(await seeded(cell, ideas[name]));
  const ratios = losses.map((loss, i) => 100 * Math.log(loss / usual[i]));
  const error = Math.sqrt(mean(ratios.map((x) => (x - mean(ratios)) ** 2)) / (ratios.length - 1));
  console.log([name, mean(losses).toFixed(4), `${mean(ratios).toFixed(2)} ± ${error.toFixed(2)} %`].join("\t"));
}
