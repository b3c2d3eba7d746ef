// Time to count one model and to plan a grid, on one core: node bench/count.mjs (after a build).
import { account, isoFlopGrid, ladder, ladderRules, paperBudgets, paperSetup, presets } from "../dist/index.js";

const SECONDS = 1;

function microseconds(run) {
  for (let warm = 0; warm < 20; warm++) run();
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < SECONDS * 1000) {
    run();
    runs++;
  }
  return (1000 * (performance.now() - start)) / runs;
}

const models = ladder(
  paperSetup,
  Array.from({ length: 24 }, (_, i) => 128 + 64 * i),
  ladderRules.sd3,
);
const jobs = {
  "every number of DiT-XL/2": () => account(presets["DiT-XL/2"]),
  "every number of SD3-medium": () => account(presets["SD3-medium"]),
  [`a grid of ${paperBudgets.length} budgets by ${models.length} sizes`]: () =>
    isoFlopGrid({ budgets: paperBudgets, models, batch: 256 }),
};
for (const [name, run] of Object.entries(jobs)) console.log(name.padEnd(36), `${microseconds(run).toFixed(0)} µs`);
