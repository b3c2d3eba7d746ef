/**
 * Ours and @jax-js/jax side by side in one run: `pnpm bench [wasm] [webgpu] [quick]`. Every figure is the best and the median of several repetitions; on a shared
 * machine compare ratios, not times. The peer's relaxed SIMD needs a flag in Node 20, which the child process is given.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const names = process.argv.slice(2);
const backends = ["wasm", "webgpu"].filter((name) => names.includes(name) || !names.some((n) => n !== "quick"));
for (const backend of backends) {
  const child = spawnSync(
    process.execPath,
    [
      "--experimental-wasm-relaxed-simd",
      fileURLToPath(new URL("./side-by-side.mjs", import.meta.url)),
      backend,
      ...names,
    ],
    { stdio: "inherit" },
  );
  if (child.status !== 0) process.exitCode = 1;
}
