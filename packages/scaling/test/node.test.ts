import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootstrapSurface, bootstrapSurfaceAsync, expectOk, surface, surfaceAsync } from "../src/index.js";
import { epoch } from "./data.js";

type NodeEntry = typeof import("../src/node.js");

/** A worker thread loads a file, so the test runs the bundle that is published, built beside the sources. */
describe("worker threads", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  let folder: string;
  let node: NodeEntry;

  beforeAll(async () => {
    folder = await mkdtemp(join(root, "node_modules", ".threads-"));
    await build({
      entry: [join(root, "src/node.ts"), join(root, "src/worker.ts")],
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
      expect(threaded.surfaces).toEqual(alone.surfaces);
    } finally {
      await executor.close();
    }
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
});
