// The WebGPU tests alone, on SwiftShader: `pnpm test:webgpu [file filter] [vitest options]`. Needs an installed and
// built workspace.
import { spawnSync } from "node:child_process";
import { vitestBin } from "./lib/vitest.mjs";
import { webgpuEnv } from "./lib/webgpu.mjs";
import { root } from "./lib/workspace.mjs";

const args = [vitestBin, "run", "--config", "vitest.webgpu.config.ts", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, env: await webgpuEnv(), stdio: "inherit" });
process.exitCode = status ?? 1;
