// `npm run example -- NAME [options]`: sets up what it needs, builds an example and what it uses, and starts it with the same options.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { install, providePnpm } from "./lib/bootstrap.mjs";
import { run } from "./lib/process.mjs";
import { fail, handOver, step } from "./lib/steps.mjs";
import { readManifest, root } from "./lib/workspace.mjs";

const [name = "", ...options] = process.argv.slice(2);
const examples = readdirSync(join(root, "examples")).filter((folder) =>
  existsSync(join(root, "examples", folder, "package.json")),
);
if (!examples.includes(name))
  fail(
    `${name ? `There is no example "${name}"` : "Which example?"} npm run example -- NAME, one of ${examples.join(", ")}.`,
  );

await step("Fetching pnpm", providePnpm);
await step("Installing packages", () => install());
const manifest = readManifest(join(root, "examples", name, "package.json"));
await step("Building", () => run("turbo", ["run", "build", `--filter=${manifest.name}`, "--output-logs=errors-only"]));
handOver("pnpm", ["--silent", "--dir", `examples/${name}`, "start", ...options]);
