// The WebGPU tests alone: `pnpm test:webgpu [--adapter swiftshader|lavapipe] [file filter] [vitest options]`, in Node and
// Chromium on SwiftShader, in Node on lavapipe. Needs an installed and built workspace.
import { spawnSync } from "node:child_process";
import { vitestBin } from "./lib/vitest.mjs";
import { hostOf, takeAdapter } from "./lib/webgpu.mjs";
import { root } from "./lib/workspace.mjs";

try {
  const { adapter, rest } = takeAdapter(process.argv.slice(2));
  const { node, env } = await hostOf(adapter);
  const project = adapter === "lavapipe" ? ["--project", "webgpu"] : [];
  const args = [vitestBin, "run", "--config", "vitest.webgpu.config.ts", ...project, ...rest];
  process.exitCode = spawnSync(node, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
