import { shapeScenes } from "@isoflop/data";
import { convert, type Objective, tensors } from "@isoflop/diffusion";
import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { createDevice, type Tensor } from "@isoflop/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { denoisingErrors, heldOutOf, lossIn, type Trained } from "../src/measure.js";
import { aimOf, objectives } from "../src/objectives.js";
import { readOptions } from "../src/options.js";
import { study } from "../src/study.js";
import { weightAt } from "../src/weights.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());
const data = shapeScenes({ size: 16, seed: 0 });
const named = objectives.map((each) => [each.name, aimOf(each)] as const);

/** A denoiser that shrinks what it sees by 1 / (1 + r²), r the noise to signal: the best there is for pixels that are standard normal. */
const shrinking = (aim: Objective): Trained => ({
  aim,
  model: (x: Tensor, t: Tensor) => {
    const times = t.reshape([t.size, 1, 1, 1]);
    const { alpha, sigma } = aim.path.at(times);
    const { add, div, mul } = tensors;
    const variance = add(mul(alpha, alpha), mul(sigma, sigma));
    return convert(aim.path, { from: "data", to: aim.prediction }, mul(x, div(alpha, variance)), x, times);
  },
});

/** Its squared error at a ratio, of pixels of a mean square: what it shrinks of the data, and the noise that it leaves. */
const errorAt = (noise: number, square: number): number => (square * noise ** 4 + noise ** 2) / (1 + noise ** 2) ** 2;

describe.each(named)("%s", (_, aim) => {
  it("has for its loss the errors at all ratios of noise to signal, by its effective weights", async () => {
    const heldOut = heldOutOf(device, data, 256);
    const square = data.batch("validation", 0, 256).images.reduce((sum, x) => sum + x * x, 0) / (256 * 768);
    const [atOne] = await denoisingErrors(shrinking(aim), [1], heldOut);
    expect(Math.abs(atOne!.mean / errorAt(1, square) - 1)).toBeLessThan(0.02);
    const [steps, reach] = [20_000, 14];
    let wanted = 0;
    for (let i = 0; i < steps; i++) {
      const noise = Math.exp(reach * ((2 * i + 1) / steps - 1));
      wanted += (weightAt(aim, noise) * errorAt(noise, square) * 2 * reach) / steps;
    }
    const { mean, stdErr } = await lossIn(aim, shrinking(aim), heldOut);
    expect(Math.abs(mean - wanted)).toBeLessThan(5 * stdErr + 0.01 * wanted);
    heldOut.dispose();
  });

  it("is measured alike of a model that says the same by any other", async () => {
    const heldOut = heldOutOf(device, data, 64);
    const own = await lossIn(aim, shrinking(aim), heldOut);
    for (const [name, other] of named) {
      const translated = await lossIn(aim, shrinking(other), heldOut);
      expect(Math.abs(translated.mean / own.mean - 1), name).toBeLessThan(0.01);
    }
    heldOut.dispose();
  });
});

it("all on one page", async () => {
  const settings = { width: 16, depth: 1, heads: 1, steps: 3, batch: 4, learningRate: 0.003, images: 64 };
  const told = new Set<string>();
  const page = await study(device, data, { ...settings, samples: 2, samplingSteps: 2, guidance: 2, seed: 0 }, (name) =>
    told.add(name),
  );
  expect([...told]).toEqual(objectives.map(({ name }) => name));
  const html = renderPage(page, { document });
  expect(html).not.toMatch(/NaN|undefined/);
  const matrix = page.sections.find(({ title }) => title === "Every model in every objective")!.table!;
  expect(matrix.rows.map((row) => row.length)).toEqual([7, 7, 7, 7, 7, 7]);
  for (const column of [1, 2, 3, 4, 5, 6]) expect(Math.min(...matrix.rows.map((row) => Number(row[column])))).toBe(1);
}, 60_000);

it.each([
  [["--steps", "many"], '--steps is "many"; it takes a whole number of at least 1'],
  [["--width", "50"], '--width is "50"; it takes a multiple of 12'],
  [["--depth", "0"], '--depth is "0"'],
  [["--colour", "red"], "--colour"],
])("options %j are refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
