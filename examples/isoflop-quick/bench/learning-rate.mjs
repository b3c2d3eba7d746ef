// Is one learning-rate rule fair to all sizes? Trains two sizes of the quick study at several rates, base (32 / width)^0.5, on a seed no study uses:
// node examples/isoflop-quick/bench/learning-rate.mjs [data] [folder] [conditioning]
import { dataOpener, fileRunStore } from "@isoflop/sweep/node";
import { openSession, planStudy, readAssignment, resolveStudy, writtenStudy } from "isoflop/study";

const [data = "emoji", out = "runs/learning-rate", conditioning = "inContext"] = process.argv.slice(2);
const bases = [2.5e-3, 5e-3, 1e-2, 2e-2, 4e-2];
const widths = [24, 56];
const quick = await writtenStudy("quick");
const openData = dataOpener();
const grids = [];
for (const base of bases) {
  const set = [
    `data.source=${data}`,
    `model.conditioning=${conditioning}`,
    "seed=1000",
    `grid={ budgets: 1.7e11, widths: [${widths}] }`,
    `optimizer.learningRate={ at: ${base}, width: [32, -0.5] }`,
  ];
  const study = await resolveStudy(quick, set.map(readAssignment));
  grids.push((await planStudy(study, openData)).grid);
}
const session = await openSession({ store: fileRunStore(`${out}/runs`), device: "wasm" });
const records = await session.train(grids.flat().map(({ spec }) => spec));
console.log(["base rate", ...widths.map((width) => `width ${width}`)].join("\t"));
bases.forEach((base, i) => {
  const row = widths.map((_, j) => records[i * widths.length + j].result);
  console.log([base, ...row.map(({ loss, lossStdErr }) => `${loss.toFixed(4)} ± ${lossStdErr.toFixed(4)}`)].join("\t"));
});
session.close();
