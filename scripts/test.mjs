// `npm test`: everything, on a bare machine. Sets up what it needs, runs every check and every test, shows failures
// again at the end, and closes with the line "N passed, N failed, N skipped". Exit status 1 when anything failed.
import { join } from "node:path";
import { install, providePnpm } from "./lib/bootstrap.mjs";
import { run, runNode } from "./lib/process.mjs";
import { Report } from "./lib/report.mjs";
import { vitest } from "./lib/vitest.mjs";
import { lavapipeTests, webgpuTests } from "./lib/webgpu.mjs";
import { publicPackages, root } from "./lib/workspace.mjs";

process.env.TURBO_TELEMETRY_DISABLED = "1";
process.env.DO_NOT_TRACK = "1";

const report = new Report();
console.log(`Node ${process.version} on ${process.platform}-${process.arch}\n`);
const ready = (await report.check("get pnpm", providePnpm)) && (await report.check("install", () => install()));
if (ready) await everything();
report.close();
process.exitCode = report.totals.failed > 0 ? 1 : 0;

async function everything() {
  const turbo = (/** @type {string[]} */ ...args) =>
    run("turbo", ["run", ...args, "--output-logs=errors-only", "--concurrency=100%"]);
  const script = (/** @type {string} */ name) => runNode([join(root, "scripts", name)]);

  await report.check("format and lint", () =>
    run("biome", ["check", "--error-on-warnings", "--reporter=concise", "."]),
  );
  await report.check("floors", () => script("check-floors.mjs"));
  await report.check("machine traces", () => script("check-machine-traces.mjs"));
  await report.check("changesets", () => script("check-changesets.mjs"));
  await report.check("build", () => turbo("build", "--continue=dependencies-successful"));
  await report.check("types of scripts", () => run("tsc", ["-p", "scripts"]));
  await report.check("types", () => turbo("typecheck", "--continue=always"));
  await report.check("API pages", () => script("docs.mjs"));
  for (const { path } of publicPackages()) {
    await report.check(`package ${path}`, () => runNode([join(root, "scripts", "check-package.mjs"), path]));
  }
  await report.check("packages in an empty project", () => script("check-consumer.mjs"));
  await report.tests("unit tests", () => vitest("unit", []));
  await report.tests("WebGPU in Node", () => webgpuTests("webgpu"));
  await report.tests("WebGPU in Node on lavapipe", lavapipeTests);
  await report.tests("WebGPU in Chromium", () => webgpuTests("browser"));
}
