// `pnpm bench [package ...] [-- arguments]`: builds the packages that have a bench, or the named ones, and runs their benches one
// after the other. Every bench runs; exit status 1 when one failed. Needs an installed workspace.
import { delimiter, dirname } from "node:path";
import { benchArguments, chosenBenches, shortName } from "./lib/bench.mjs";
import { run } from "./lib/process.mjs";
import { Report } from "./lib/report.mjs";
import { anyHost } from "./lib/webgpu.mjs";
import { listPackages } from "./lib/workspace.mjs";

try {
  const { names, rest } = benchArguments(process.argv.slice(2));
  const packages = chosenBenches(listPackages(), names);
  const report = new Report();
  const filters = [...packages.map(({ name }) => `--filter=${name}`), "--filter=@isoflop/webgpu-env"];
  const built = await report.check("build", () =>
    run("pnpm", ["exec", "turbo", "run", "build", ...filters, "--output-logs=errors-only"]),
  );
  if (built) for (const one of packages) await report.check(`bench ${shortName(one)}`, () => bench(one, rest));
  report.close();
  process.exitCode = report.totals.failed > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {import("./lib/workspace.mjs").Package} one @param {readonly string[]} rest */
async function bench({ name, manifest }, rest) {
  const needsAdapter = manifest.devDependencies?.webgpu !== undefined || rest.includes("webgpu");
  const env = needsAdapter ? await withAdapter() : process.env;
  return run("pnpm", ["--filter", name, "run", "bench", ...rest], { env, live: true });
}

/** An environment in which `node` finds an adapter, if there is one to be had. */
async function withAdapter() {
  const { node, env } = await anyHost();
  return { ...env, PATH: [dirname(node), env.PATH].join(delimiter) };
}
