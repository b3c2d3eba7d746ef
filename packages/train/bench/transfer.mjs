// Does the best learning rate hold over widths? Trains every width at every rate with and without muP and writes the losses as a table (CSV);
// the best rate of each width goes to standard error.
//   node bench/transfer.mjs [steps=300] [widths=16,32,64,128] [seeds=2] [conditioning=inContext] > transfer.csv
import { shapeScenes } from "@isoflop/data";
import { createDevice, leavesOf } from "@isoflop/tensor";
import { DivergedError, setupFor, train } from "@isoflop/train";

const [steps = "300", some = "16,32,64,128", seeds = "2", conditioning = "inContext"] = process.argv.slice(2);
const widths = some.split(",").map(Number);
const rates = Array.from({ length: 7 }, (_, i) => 2 ** (i - 10));
const baseWidth = 32;
const device = await createDevice("wasm", { wasm: { threads: 1 } });

/** The validation loss; infinite where the run diverged. */
const lossOf = async (width, learningRate, parameterization, seed) => {
  const data = shapeScenes({ size: 16, seed });
  const setup = setupFor(data, { patch: 4, conditioning });
  const model = { ...setup, width, heads: width / 8, depth: 2, parameterization };
  const optimizer = { learningRate, weightDecay: 0 };
  const spec = { model, steps: Number(steps), batch: 16, seed, optimizer, validation: { images: 256 } };
  try {
    const { validation, weights } = await train(spec, { device, data });
    for (const tensor of leavesOf(weights)) tensor.dispose();
    return validation.mean;
  } catch (error) {
    if (error instanceof DivergedError) return Number.POSITIVE_INFINITY;
    throw error;
  }
};

/** log2 of the rate of least loss: the vertex of the parabola through the best rate and its neighbours; at an edge the best rate itself. */
const bestOf = (losses) => {
  const at = losses.indexOf(Math.min(...losses));
  const middle = Math.log2(rates[at]);
  const [left, here, right] = [losses[at - 1], losses[at], losses[at + 1]];
  const bend = left - 2 * here + right;
  return Number.isFinite(bend) && bend > 0 ? middle + (left - right) / (2 * bend) : middle;
};

console.log(["parameterization", "width", "seed", ...rates.map((rate) => rate.toPrecision(3))].join());
for (const width of widths) {
  for (const parameterization of [{ kind: "standard" }, { kind: "muP", baseWidth, baseHeads: baseWidth / 8 }]) {
    const best = [];
    const least = [];
    for (let seed = 0; seed < Number(seeds); seed++) {
      const losses = [];
      for (const rate of rates) losses.push(await lossOf(width, rate, parameterization, seed));
      console.log([parameterization.kind, width, seed, ...losses.map((loss) => loss.toFixed(5))].join());
      best.push(bestOf(losses));
      least.push(Math.min(...losses));
    }
    const mean = best.reduce((sum, one) => sum + one, 0) / best.length;
    const spread = Math.sqrt(best.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, best.length - 1));
    const error = best.length > 1 ? ` ± ${(spread / Math.sqrt(best.length)).toFixed(2)}` : "";
    const loss = (least.reduce((sum, one) => sum + one, 0) / least.length).toFixed(4);
    const rate = (2 ** mean).toPrecision(2);
    console.error(
      `${parameterization.kind} ${width}: best rate 2^(${mean.toFixed(2)}${error}) = ${rate}, loss ${loss}`,
    );
  }
}
device.destroy();
