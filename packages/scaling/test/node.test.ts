import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootstrapSurface, bootstrapSurfaceAsync, expectOk, surface, surfaceAsync } from "../src/index.js";
import { programsAsText } from "../tsup.config.js";
import { epoch } from "./data.js";

type NodeEntry = typeof import("../src/node.js");
type Entry = typeof import("../src/index.js");

/** A worker thread starts from a text that the build puts in, so the test runs the bundle that is published, built beside the sources. */
describe("worker threads", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  let folder: string;
  let node: NodeEntry;

  beforeAll(async () => {
    folder = await mkdtemp(join(root, "node_modules", ".threads-"));
    await build({
      entry: [join(root, "src/node.ts"), join(root, "src/index.ts")],
      esbuildPlugins: [programsAsText],
      outDir: folder,
      format: "esm",
      target: "es2022",
      silent: true,
      dts: false,
      config: false,
      clean: false,
    });
    node = (await import(pathToFileURL(join(folder, "node.js")).href)) as NodeEntry;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("give the numbers of one thread, draw for draw", async () => {
    const runs = epoch();
    const executor = node.threadExecutor({ threads: 2 });
    try {
      const fit = expectOk(surface(runs));
      expect(expectOk(await surfaceAsync(runs, { executor }))).toEqual(fit);
      const options = { resamples: 120, seed: 6 };
      const alone = expectOk(bootstrapSurface(fit, runs, options));
      const threaded = expectOk(await bootstrapSurfaceAsync(fit, runs, { ...options, executor }));
      expect(threaded).toEqual(alone);
    } finally {
      await executor.close();
    }
  });

  it("leave a form from outside to the thread that has it", async () => {
    const { bootstrapSurfaceAsync, surfaceForms }: Entry = await import(pathToFileURL(join(folder, "index.js")).href);
    surfaceForms.add({ ...surfaceForms.get("chinchilla"), name: "mine" });
    const runs = epoch();
    const fit = expectOk(surface(runs));
    const executor = node.threadExecutor({ threads: 2 });
    const options = { resamples: 40, seed: 6 };
    const mine = await bootstrapSurfaceAsync({ ...fit, form: "mine" }, runs, { ...options, executor });
    expect(expectOk(mine)).toEqual(expectOk(bootstrapSurface(fit, runs, options)));
    await executor.close();
  });

  it("an abort stops a threaded bootstrap, a closed executor refuses, and a bad count is named", async () => {
    const runs = epoch();
    const fit = expectOk(surface(runs));
    const executor = node.threadExecutor({ threads: 1 });
    const controller = new AbortController();
    const work = bootstrapSurfaceAsync(fit, runs, {
      executor,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
    await executor.close();
    await expect(bootstrapSurfaceAsync(fit, runs, { executor })).rejects.toThrow(/closed/);
    expect(() => node.threadExecutor({ threads: 0 })).toThrow(/threads is 0/);
  });

  it.each([
    ["esm", false],
    ["esm", true],
    ["cjs", false],
    ["cjs", true],
  ] as const)("start in a program that was bundled as %s, minified: %s", async (format, minify) => {
    const name = `${format}${minify}`;
    const entry = join(folder, `${name}.ts`);
    await writeFile(
      entry,
      `import { surfaceAsync } from "./index.js";
       import { threadExecutor } from "./node.js";
       const runs = ${JSON.stringify(epoch())};
       const executor = threadExecutor({ threads: 2 });
       surfaceAsync(runs, { executor }).then((fit) => {
         console.log(fit.status, fit.ok && fit.parameters.alpha!.value);
         return executor.close();
       });`,
    );
    const outDir = join(folder, "bundles", name);
    const extension = format === "esm" ? ".mjs" : ".cjs";
    await build({
      entry: [entry],
      outDir,
      format,
      minify,
      noExternal: [/./],
      outExtension: () => ({ js: extension }),
      silent: true,
      dts: false,
      config: false,
    });
    const { stdout } = await promisify(execFile)(process.execPath, [join(outDir, `${name}${extension}`)]);
    const { status, parameters } = expectOk(surface(epoch()));
    expect(stdout).toBe(`${status} ${parameters.alpha!.value}\n`);
  });
});
