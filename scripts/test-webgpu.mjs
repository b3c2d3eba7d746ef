// The WebGPU tests alone, on SwiftShader: `pnpm test:webgpu [file filter] [vitest options]`. Needs an installed and
// built workspace.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { webgpuEnv } from "./lib/webgpu.mjs";
import { root } from "./lib/workspace.mjs";

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--config", "vitest.webgpu.config.ts", ...process.argv.slice(2)],
  { cwd: root, env: await webgpuEnv(), stdio: "inherit" },
);
process.exitCode = status ?? 1;
