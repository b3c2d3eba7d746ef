// `pnpm fuzz [--adapter swiftshader|lavapipe] [options]`: random programs of @isoflop/tensor on a device against the float64 reference; `pnpm
// fuzz --help` lists the options. An adapter implies --device webgpu. Needs an installed and built workspace.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { anyHost, hostOf, takeAdapter } from "./lib/webgpu.mjs";
import { root } from "./lib/workspace.mjs";

const fuzzer = join(root, "packages", "tensor", "scripts", "fuzz.mjs");

try {
  const given = process.argv.slice(2);
  const { adapter, rest } = takeAdapter(given);
  const named = rest.length < given.length;
  const onWebgpu = named || rest.join("=").includes("--device=webgpu");
  const { node, env } = named
    ? await hostOf(adapter)
    : onWebgpu
      ? await anyHost()
      : { node: process.execPath, env: process.env };
  const args = [fuzzer, ...(named ? ["--device", "webgpu"] : []), ...rest];
  process.exitCode = spawnSync(node, args, { env, stdio: "inherit" }).status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
