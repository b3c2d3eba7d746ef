// What a study's runs cost beside their steps, and in which way two cores finish a set of them first: node examples/isoflop-quick/bench/schedule.mjs
// Ways take turns, and processor time stands beside wall time, as other work on the machine lengthens the latter alone.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runSweep } from "@isoflop/sweep";
import { fileRunStore, workerRunners } from "@isoflop/sweep/node";
import { createDevice, leavesOf } from "@isoflop/tensor";
import { buildObjective, modelOf, train, validate } from "@isoflop/train";
import { openData, plainer, runOf } from "./recipe.mjs";

const timed = async (task) => {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const value = await task();
  const { user, system } = process.cpuUsage(before);
  return { value, wall: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
};
const shown = ({ wall, processor }) =>
  `${processor.toFixed(2)} s of processor time (${wall.toFixed(2)} s by the clock)`;

console.log("Beside the steps of a run:");
for (const seed of [1900, 1901]) {
  const opened = await timed(() => openData({ source: "emoji", size: 16, seed }));
  console.log(`  opening data, seed ${seed}: ${shown(opened)}`);
}
{
  const device = await createDevice("wasm", { wasm: { threads: 1 } });
  for (const width of [16, 32, 64]) {
    const { spec } = await runOf({ ...plainer, budget: 1e10, width, seed: 1900 });
    const data = await openData(spec.data);
    const shortest = { model: spec.model, batch: spec.batch, steps: 1, validation: { images: 64 } };
    const first = await timed(() => train(shortest, { device, data }));
    const again = await timed(() => train(shortest, { device, data }));
    const given = {
      device,
      data,
      model: modelOf(spec),
      objective: buildObjective(spec.objective),
      validation: spec.validation,
    };
    const validated = await timed(() => validate(first.value.weights, given));
    console.log(
      `  width ${width}: a run of one step ${shown(first)}, again ${shown(again)}; validation of 1,024 images ${shown(validated)}`,
    );
    for (const { value } of [first, again]) for (const tensor of leavesOf(value.weights)) tensor.dispose();
  }
  device.destroy();
}

const sizes = [
  { budget: 1e10, width: 16 },
  { budget: 1e10, width: 32 },
  { budget: 2e10, width: 24 },
  { budget: 2e10, width: 40 },
  { budget: 4e10, width: 32 },
  { budget: 4e10, width: 48 },
  { budget: 8e10, width: 40 },
  { budget: 8e10, width: 56 },
];
const runs = await Promise.all(sizes.map((size) => runOf({ ...plainer, ...size, seed: 1900 })));
const ways = {
  "one run on two threads": { count: 1, threads: 2 },
  "two runs on one thread each": { count: 2, threads: 1 },
  "one run on one thread": { count: 1, threads: 1 },
};
const rounds = Number(process.argv[2] ?? 3);
const taken = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
/** Runs that had a core for themselves, as far as the machine has one to give. */
const alone = [];
const order = runs.map(({ spec }) => spec).reverse();
for (let round = 0; round < rounds; round++)
  for (const [name, way] of Object.entries(ways)) {
    const folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-bench-"));
    const runners = workerRunners(way);
    const done = await timed(() => runSweep(order, { store: fileRunStore(folder), runners }));
    taken[name].push(done);
    if (way.count * way.threads === 1) alone.push(...done.value);
    await Promise.all(runners.map((runner) => runner.close()));
    await rm(folder, { recursive: true });
  }
console.log(
  `\n${runs.length} runs of 1e10 to 8e10 FLOPs, longest first, ${rounds} times in turns (seconds, each with the lowest and the highest):`,
);
console.log("way\tby the clock\tprocessor time");
const spread = (values) => {
  const [low, middle, high] = [0, values.length >> 1, values.length - 1].map(
    (i) => [...values].sort((a, b) => a - b)[i],
  );
  return `${middle.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
};
for (const [name, times] of Object.entries(taken))
  console.log(
    [name, spread(times.map(({ wall }) => wall)), spread(times.map(({ processor }) => processor))].join("\t"),
  );

// What the order is worth, computed from the speed of each width: a lane takes the next run when it is free.
const speedOf = (width) => {
  const [below, above] = [Math.max, Math.min].map((pick, i) => {
    const fits = alone.filter(({ spec }) => (i === 0 ? spec.model.width <= width : spec.model.width >= width));
    const at = pick(...(fits.length > 0 ? fits : alone).map(({ spec }) => spec.model.width));
    const own = alone.filter(({ spec }) => spec.model.width === at);
    return { at, speed: Math.max(...own.map(({ result }) => result.flops / result.seconds)) };
  });
  const share = above.at > below.at ? Math.min(1, Math.max(0, (width - below.at) / (above.at - below.at))) : 0;
  return below.speed + share * (above.speed - below.speed);
};
/** Seconds of a run beside its steps: compiling and validation. */
const BESIDE = 0.3;
const grid = [
  { budget: 1e10, widths: [16, 24, 32], seeds: 4 },
  { budget: 2e10, widths: [16, 24, 32, 40], seeds: 4 },
  { budget: 4e10, widths: [16, 24, 32, 48], seeds: 3 },
  { budget: 8e10, widths: [24, 32, 40, 56], seeds: 3 },
  { budget: 1.6e11, widths: [24, 32, 40, 48, 64], seeds: 2 },
  { budget: 3.2e11, widths: [32, 40, 48, 56, 72], seeds: 2 },
].flatMap(({ budget, widths, seeds }) =>
  widths.flatMap((width) => Array.from({ length: seeds }, () => BESIDE + budget / speedOf(width))),
);
const finish = (seconds) => {
  const lanes = [0, 0];
  for (const one of seconds) lanes[lanes[0] <= lanes[1] ? 0 : 1] += one;
  return Math.max(...lanes).toFixed(1);
};
const total = grid.reduce((s, x) => s + x, 0);
console.log(
  `\nA grid of ${grid.length} runs, ${total.toFixed(0)} s in all, on two lanes: ${finish(grid)} s smallest budget first,`,
);
console.log(
  `${finish([...grid].sort((a, b) => b - a))} s longest first; no order does it in less than ${(total / 2).toFixed(1)} s`,
);
