// `npm run reproduce -- [options]`: sets up what it needs, then runs examples/isoflop-quick with the same options.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { install, providePnpm } from "./lib/bootstrap.mjs";
import { run } from "./lib/process.mjs";
import { readManifest, root } from "./lib/workspace.mjs";

const example = join(root, "examples", "isoflop-quick");
const manifest = join(example, "package.json");
if (!existsSync(manifest)) fail("examples/isoflop-quick is not in this checkout, so there is no study to run.");

await step("Fetching pnpm", providePnpm);
await step("Installing packages", () => install());
const { name, main } = readManifest(manifest);
await step("Building", () => run("turbo", ["run", "build", `--filter=${name}`, "--output-logs=errors-only"]));
if (!main) fail('examples/isoflop-quick/package.json needs a "main": the built file that runs the study.');

const study = spawn(process.execPath, [join(example, main), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl-C reaches the study too, which saves its work before it ends.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => study.kill("SIGTERM"));
study.on("close", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});

/** @param {string} what @param {() => Promise<import("./lib/process.mjs").Outcome>} work */
async function step(what, work) {
  process.stdout.write(`${what} ... `);
  const start = performance.now();
  const { ok, output } = await work();
  console.log(ok ? `${((performance.now() - start) / 1000).toFixed(1)} s` : "failed");
  if (!ok) fail(output);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
