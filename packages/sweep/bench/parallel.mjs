// Several small runs one after the other on one and on two threads, and side by side: node bench/parallel.mjs
// On a machine with other work, compare processor time: what n runs at once need divided by n is their time on n free cores.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { shapeScenes } from "@isoflop/data";
import { runSweep, sweepGrid } from "@isoflop/sweep";
import { fileRunStore, workerRunners } from "@isoflop/sweep/node";

const data = shapeScenes({ size: 16, seed: 0 });
const size = (width, depth, heads) => ({
  name: `${width} x ${depth}`,
  config: {
    image: { height: 16, width: 16, channels: 3 },
    ...{ patch: 2, width, depth, heads, conditioning: "inContext" },
    context: { kind: "words", tokens: data.captionLength, vocabulary: data.vocabulary.size },
  },
});
const grid = sweepGrid({
  budgets: [4e10],
  models: [size(16, 1, 1), size(24, 2, 1), size(32, 2, 2), size(48, 3, 2)],
  base: { data: { source: "shapes" }, validation: { images: 512 } },
  batch: 16,
});

for (const [count, threads] of [
  [1, 1],
  [1, 2],
  [2, 1],
]) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-bench-"));
  const runners = workerRunners({ count, threads });
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await runSweep(
    grid.map(({ spec }) => spec),
    { store: fileRunStore(folder), runners },
  );
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const busy = `${((user + system) / 1e6).toFixed(1)} s of processor time`;
  console.log(
    `${count} at once, ${threads} thread(s) each: ${seconds.toFixed(1)} s and ${busy} for ${grid.length} runs`,
  );
  for (const runner of runners) await runner.close();
  await rm(folder, { recursive: true });
}
