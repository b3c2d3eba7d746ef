// `npm run reproduce -- [options]`: sets up what it needs, then runs examples/isoflop-quick with the same options.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { install, providePnpm } from "./lib/bootstrap.mjs";
import { run } from "./lib/process.mjs";
import { fail, handOver, step } from "./lib/steps.mjs";
import { readManifest, root } from "./lib/workspace.mjs";

const example = join(root, "examples", "isoflop-quick");
const manifest = join(example, "package.json");
if (!existsSync(manifest)) fail("examples/isoflop-quick is not in this checkout, so there is no study to run.");

await step("Fetching pnpm", providePnpm);
await step("Installing packages", () => install());
const { name, main } = readManifest(manifest);
await step("Building", () => run("turbo", ["run", "build", `--filter=${name}`, "--output-logs=errors-only"]));
if (!main) fail('examples/isoflop-quick/package.json needs a "main": the built file that runs the study.');

handOver(process.execPath, [join(example, main), ...process.argv.slice(2)]);
