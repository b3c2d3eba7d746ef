import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { extractors } from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { metricSpec } from "@isoflop/train";
import { afterAll, describe, expect, it } from "vitest";
import { runSweep } from "../src/executor.js";
import { extractorContent, metricRequest } from "../src/measurement.js";
import { fileFeatures } from "../src/node/features.js";
import { fileRunStore, idsIn } from "../src/node/run-store.js";
import { trainRunner } from "../src/runner.js";
import { runId, runSpec } from "../src/spec.js";
import { openShapes, tinyRun } from "./tiny.js";

const folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-features-"));
afterAll(() => rm(folder, { recursive: true }));

describe("features beside a store", () => {
  const store = path.join(folder, "plain");
  const features = fileFeatures(store);
  const rows = Float64Array.of(1, Math.PI, -0, 1e-300);
  const file = async () => path.join(store, ".features", (await readdir(path.join(store, ".features")))[0]!);

  it("come back to the bit, the last that were kept", async () => {
    expect(await features.read("key")).toBeUndefined();
    await features.write("key", Float64Array.of(7));
    await features.write("key", rows);
    expect(await features.read("key")).toEqual(rows);
    expect(await features.read("other")).toBeUndefined();
    // Some of a larger array.
    await features.write("key", rows.subarray(1, 3));
    expect(await features.read("key")).toEqual(rows.slice(1, 3));
  });

  it("are none where the file is cut short or altered", async () => {
    const bytes = await readFile(await file());
    for (const wrong of [
      bytes.subarray(0, -8),
      bytes.subarray(0, 20),
      Buffer.concat([bytes.subarray(0, -1), Buffer.of(1)]),
    ]) {
      await writeFile(await file(), wrong);
      expect(await features.read("key")).toBeUndefined();
    }
  });

  it("are not kept where nobody can write, and that is no error", async () => {
    const blocked = path.join(folder, "a-file");
    await writeFile(blocked, "");
    await fileFeatures(blocked).write("key", rows);
    expect(await fileFeatures(blocked).read("key")).toBeUndefined();
  });
});

it("features of data that need weights are computed once for the runs of a store, in any process", async () => {
  let looked = 0;
  extractors.add(
    kind({
      name: "costly",
      options: {},
      build: () => ({
        ...{ name: "costly@1", dim: 1 },
        digest: async () => "c".repeat(64),
        load: async () => ({
          async features({ data, count }) {
            looked += count;
            return Float64Array.from({ length: count }, (_, i) => data[i * (data.length / count)]!);
          },
          dispose: () => {},
        }),
      }),
    }),
  );
  const measure = async (seed: number, reference = 64): Promise<number> => {
    // A device of its own, as another process has.
    const device = await createDevice("wasm", { wasm: { threads: 1 } });
    const store = fileRunStore(path.join(folder, "store"));
    const metric = metricSpec({ kind: "kid", extractor: "costly", count: 32, steps: 2, reference });
    const metrics = [metricRequest(metric, { extractor: await extractorContent(metric) })];
    const spec = runSpec(tinyRun({ seed }));
    looked = 0;
    await runSweep([spec], { store, runners: [trainRunner({ device, openData: openShapes })], metrics });
    device.destroy();
    expect((await store.measurements(runId(spec))).length).toBeGreaterThan(0);
    return looked;
  };
  expect(await measure(0)).toBe(64 + 32);
  expect(await measure(1)).toBe(32);
  // More of them are those that are missing.
  expect(await measure(2, 80)).toBe(16 + 32);
  expect(await measure(3, 80)).toBe(32);
  // No run of its own.
  expect(await idsIn(path.join(folder, "store"))).toHaveLength(4);
  expect(await fileRunStore(path.join(folder, "store")).list()).toHaveLength(4);
});
