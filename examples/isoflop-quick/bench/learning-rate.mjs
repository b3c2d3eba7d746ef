// Is one learning-rate rule fair to all sizes? Trains two sizes of the quick study at several rates, base (32 / width)^0.5, on a seed no study uses:
// node examples/isoflop-quick/bench/learning-rate.mjs [data] [folder] [conditioning]
import { dataOpener, fileRunStore } from "@isoflop/sweep/node";
import { openSession, planStudy, quick } from "isoflop/study";

const [data = "emoji", out = "runs/learning-rate", conditioning = "inContext"] = process.argv.slice(2);
const seed = 1000;
const budget = 1.7e11;
const bases = [2.5e-3, 5e-3, 1e-2, 2e-2, 4e-2];
const widths = [24, 56];
const dataSpec = { source: data, size: quick.image, seed };
const source = await dataOpener()(dataSpec);
const grids = bases.map(
  (base) =>
    planStudy(
      {
        ...quick,
        conditioning,
        budgets: [budget],
        widths: () => widths,
        learningRate: { base, baseWidth: 32, exponent: 0.5 },
      },
      dataSpec,
      source,
      seed,
    ).grid,
);
const session = await openSession({ store: fileRunStore(`${out}/runs`), device: "wasm" });
const records = await session.train(grids.flat().map(({ spec }) => spec));
console.log(["base rate", ...widths.map((width) => `width ${width}`)].join("\t"));
bases.forEach((base, i) => {
  const row = widths.map((_, j) => records[i * widths.length + j].result);
  console.log([base, ...row.map(({ loss, lossStdErr }) => `${loss.toFixed(4)} ± ${lossStdErr.toFixed(4)}`)].join("\t"));
});
session.close();
