// Seconds of each metric on made-up features. Build first; run: node bench/distances.mjs [rows] [dim]
import { features, frechetDistance, gaussian, kernelDistance, manifoldMetrics } from "../dist/index.js";

const [rows, dim] = [Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 1280)];
const cloud = (phase) =>
  features(
    "bench",
    dim,
    Float32Array.from({ length: rows * dim }, (_, i) => Math.sin(i * 12.9898 + phase) + Math.sin(i * i)),
  );
const [real, generated] = [cloud(0), cloud(1)];
const time = (name, run) => {
  const start = performance.now();
  run();
  console.log(`${name.padEnd(20)} ${((performance.now() - start) / 1000).toFixed(2)} s`);
};

console.log(`${rows} rows of ${dim}`);
time("gaussian", () => gaussian(real));
time("frechetDistance", () => frechetDistance(real, generated));
time("kernelDistance", () => kernelDistance(real, generated));
time("manifoldMetrics", () => manifoldMetrics(real, generated));
