/**
 * The two long jobs: the 4,500-start grid and 1,000 bootstrap refits, 240 synthetic runs of the shape of the Chinchilla figure,
 * or the runs of a CSV. Usage: node bench/speed.mjs [file.csv C-column N-column loss-column]
 */
import { readFileSync } from "node:fs";
import {
  bootstrapSurfaceAsync,
  dropHighestLoss,
  normals,
  parseRuns,
  random,
  surfaceAsync,
  surfaceFrom,
  surfaceLoss,
} from "../dist/index.js";
import { threadExecutor } from "../dist/node.js";

const [file, C, N, loss] = process.argv.slice(2);
const runs = file
  ? dropHighestLoss(parseRuns(readFileSync(file, "utf8"), { columns: { C, N, loss } }).runs, 5).runs
  : synthetic();

function synthetic() {
  const truth = surfaceFrom("chinchilla", { E: 1.82, A: 482, B: 2085, alpha: 0.348, beta: 0.366 });
  const uniform = random(1);
  const normal = normals(uniform);
  return Array.from({ length: 240 }, () => {
    const size = 5e7 * 300 ** uniform();
    const tokens = size * 3 * 60 ** uniform();
    return {
      C: 6 * size * tokens,
      N: size,
      D: tokens,
      loss: surfaceLoss(truth, { N: size, D: tokens }) * Math.exp(0.005 * normal()),
    };
  });
}

/** As many runs as a service might have logged, at five budgets. */
function million() {
  const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });
  const uniform = random(2);
  const normal = normals(uniform);
  return Array.from({ length: 1_000_000 }, (_, i) => {
    const C = 10 ** (18 + (i % 5) / 2);
    const size = 0.1 * C ** 0.5 * Math.exp(3 * uniform() - 1.5);
    const tokens = C / (6 * size);
    const loss = surfaceLoss(truth, { N: size, D: tokens }) * Math.exp(0.003 * normal());
    return { C, N: size, D: tokens, loss };
  });
}

async function timed(name, work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${name}: ${seconds.toFixed(2)} s wall, ${((used.user + used.system) / 1e6).toFixed(2)} s of CPU`);
  return result;
}

for (const threads of [1, 2]) {
  const executor = threadExecutor({ threads });
  const fit = await timed(`4,500 starts, ${runs.length} runs, ${threads} thread(s)`, () =>
    surfaceAsync(runs, { starts: "hoffmann", executor }),
  );
  console.log(
    `  objective ${fit.objective.value}, alpha ${fit.parameters.alpha.value}, beta ${fit.parameters.beta.value}, ${fit.starts.reachedBest} of ${fit.starts.tried} starts there`,
  );
  await timed(`1,000 bootstrap refits, ${threads} thread(s)`, () =>
    bootstrapSurfaceAsync(fit, runs, { executor, seed: 1 }),
  );
  await executor.close();
}

const many = million();
await timed(`a surface through ${many.length} runs, one thread`, () => surfaceAsync(many));
