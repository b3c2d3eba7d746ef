import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { createDevice } from "@isoflop/tensor";
import { afterAll, expect, it } from "vitest";
import { coordinates } from "../src/coordinates.js";
import { readOptions } from "../src/options.js";
import { pageOf } from "../src/page.js";
import { bestRates, rates, transfer } from "../src/transfer.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

it("under muP training moves a block as far at every width, by the standard parameterization further in wider ones", async () => {
  const moved = await coordinates(device, [16, 64], "adaLNZero");
  const steepest = (kind: string) =>
    Math.max(
      ...moved.filter((one) => one.parameterization === kind && /attn|mlp/.test(one.layer)).map(({ slope }) => slope),
    );
  expect(steepest("standard")).toBeGreaterThan(0.4);
  expect(Math.abs(steepest("muP"))).toBeLessThan(0.3);
}, 60_000);

it("the base model is the same either way, and all of it stands on one page", async () => {
  const widths = [16, 32];
  const tried = await transfer(device, { widths, steps: 2, seeds: 2, conditioning: "inContext" });
  const of = (kind: string, width: number) =>
    tried.filter((one) => one.parameterization === kind && one.width === width).map(({ losses }) => losses);
  expect(of("muP", 32)).toEqual(of("standard", 32));
  expect(of("muP", 16)).not.toEqual(of("standard", 16));
  const moved = await coordinates(device, widths, "inContext");
  const html = renderPage(pageOf({ moved, widths, tried }, "A test."), { document });
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
}, 60_000);

it("the best rate is a vertex, with its error over seeds, and a diverged run no rival", () => {
  const bowl = (centre: number) => rates.map((rate) => 1 + Math.log2(rate / centre) ** 2);
  const [a, b] = [bowl(2 ** -6), bowl(2 ** -5.5)];
  const one = { parameterization: "muP", width: 16 } as const;
  const [best] = bestRates([
    { ...one, seed: 0, losses: a },
    { ...one, seed: 1, losses: [...b.slice(0, -1), Number.POSITIVE_INFINITY] },
  ]);
  expect(Math.log2(best!.rate)).toBeCloseTo(-5.75, 6);
  expect(Math.log2(best!.error!)).toBeCloseTo(0.25, 6);
});

it.each([
  [["--conditioning", "adaln"], '--conditioning is "adaln"; it takes one of inContext'],
  [["--widths", "16,20"], "--widths has 20; it takes multiples of 8"],
  [["--widths", "16"], '--widths is "16"; it takes two or more'],
  [["--seeds", "0"], '--seeds is "0"; it takes a whole number of at least 1'],
  [["--colour", "red"], "--colour"],
])("options %j are refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
