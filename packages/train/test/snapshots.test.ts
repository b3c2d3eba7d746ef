import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createDevice, type Device, leavesOf, random, spec as shaped } from "@isoflop/tensor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { averagedWeights, type CheckpointStore, memoryCheckpoints } from "../src/checkpoint.js";
import { modelOf } from "../src/model.js";
import { fileCheckpoints } from "../src/node.js";
import { buildObjective } from "../src/objective.js";
import { packTree } from "../src/pack.js";
import { reconstructAverage } from "../src/post-hoc.js";
import type { Snapshot } from "../src/snapshot.js";
import { type TrainSpecInput, trainSpec } from "../src/spec.js";
import { trainStep } from "../src/step.js";
import { train } from "../src/train.js";
import { widthCurve } from "../src/width-curve.js";
import { tinyData, tinySpec } from "./tiny.js";

let device: Device;
let folder: string;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-snapshots-"));
});
afterEach(() => rm(folder, { recursive: true }));

const snapshots = { widths: [0.05, 0.1], count: 4 } as const;
const spec = (changes: Partial<TrainSpecInput> = {}) => tinySpec({ snapshots, ...changes });

const run = async (input: TrainSpecInput, store: CheckpointStore, stop?: number) => {
  const controller = new AbortController();
  const onProgress = ({ step }: { readonly step: number }) => void (step === stop && controller.abort());
  const options = { device, data: tinyData(), store, readEvery: 1, signal: controller.signal, onProgress };
  const result = await train(input, options);
  for (const tensor of leavesOf(result.weights)) tensor.dispose();
  return result;
};

const contents = async (store: CheckpointStore): Promise<Snapshot[]> => {
  const all = await store.snapshots!();
  return Promise.all(all.map(async ({ read, ...about }) => ({ ...about, arrays: await read() })));
};

describe("a run with snapshots", () => {
  it("keeps every width as often as it is told, the last after the last step", async () => {
    const store = memoryCheckpoints();
    // What the model itself keeps on a device is there after any run.
    await run(tinySpec(), memoryCheckpoints());
    const { buffers } = device.memory;
    await run(spec(), store);
    expect(device.memory.buffers).toBe(buffers);
    const all = await contents(store);
    expect(all.map(({ step, width }) => [step, width])).toEqual(
      [3, 6, 9, 12].flatMap((step) => [
        [step, 0.05],
        [step, 0.1],
      ]),
    );
  });

  it("leaves everything else as it would be, to the bit, and tracks as the measured average does", async () => {
    const [store, without] = [memoryCheckpoints(), memoryCheckpoints()];
    const [result, usual] = [await run(spec(), store), await run(tinySpec(), without)];
    expect(result.validation).toEqual(usual.validation);
    const [{ arrays }, { arrays: plain }] = [(await store.latest()).checkpoint!, (await without.latest()).checkpoint!];
    for (const [name, array] of Object.entries(plain)) expect(arrays[name], name).toEqual(array);
    expect(trainSpec(tinySpec())).not.toHaveProperty("snapshots");
    // The measured average has width 0.05 too.
    const last = (await contents(store)).at(-2)!;
    for (const [name, array] of Object.entries(last.arrays)) expect(array, name).toEqual(arrays[name]);
  });

  it.each([3, 7])("interrupted after step %i has the same snapshots, to the bit", async (stop) => {
    const [whole, parts] = [memoryCheckpoints(), fileCheckpoints(folder)];
    await run(spec(), whole);
    await expect(run(spec(), parts, stop)).rejects.toThrow("aborted");
    expect((await parts.snapshots()).length).toBe(2 * Math.floor(stop / 3));
    await run(spec(), parts);
    expect(await contents(parts)).toEqual(await contents(whole));
    expect((await parts.latest()).checkpoint!.arrays).toEqual((await whole.latest()).checkpoint!.arrays);
  });

  it("gives the average of another width, and its loss, without training again", async () => {
    const [store, direct] = [memoryCheckpoints(), memoryCheckpoints()];
    const long = { steps: 100, batch: 4, optimizer: { learningRate: 1e-2 } };
    const measured = await run(spec({ ...long, snapshots: { widths: [0.05, 0.1], count: 32 } }), store);
    const wanted = await run(tinySpec({ ...long, averaging: { kind: "power", width: 0.07 } }), direct);
    const found = await store.snapshots();
    const average = await reconstructAverage(found, { width: 0.07 });
    const { arrays } = (await direct.latest()).checkpoint!;
    let [missed, moved] = [0, 0];
    for (const [name, { data }] of Object.entries(average.arrays))
      for (const [i, x] of data.entries()) {
        missed += (x - arrays[name]!.data[i]!) ** 2;
        moved += (arrays[name]!.data[i]! - arrays[name.replace("average", "weights")]!.data[i]!) ** 2;
      }
    // A hundredth of the way from the last weights to the average.
    expect(Math.sqrt(missed / moved)).toBeLessThan(0.01);
    const full = trainSpec(spec(long));
    const model = modelOf(full);
    const packing = packTree(model.init(random.key(0)));
    const { validation } = full;
    const fixed = { device, model, objective: buildObjective(full.objective), data: tinyData(), validation, packing };
    const curve = await widthCurve(found, [0.05, 0.07], fixed);
    expect(curve.map(({ width }) => width)).toEqual([0.05, 0.07]);
    expect(curve[0]!.mean).toBe(measured.validation.mean);
    expect(Math.abs(curve[1]!.mean - wanted.validation.mean)).toBeLessThan(1e-4 * wanted.validation.mean);
    expect(curve[1]!.residual).toBeLessThan(2e-3);
    const weights = averagedWeights(average, packing, device);
    for (const tensor of leavesOf(weights)) tensor.dispose();
    expect(() => averagedWeights(average, packTree({ other: device.tensor([1]) }), device)).toThrow("no average.other");
  });

  it("needs a store that keeps them", async () => {
    const { save, latest } = memoryCheckpoints();
    for (const store of [undefined, { save, latest }])
      await expect(train(spec(), { device, data: tinyData(), ...(store && { store }) })).rejects.toThrow(
        "options.store keeps no snapshots; spec.snapshots takes one that does",
      );
  });

  it.each<[given: object, message: string]>([
    [{ widths: [] }, "spec.snapshots.widths is a list of 0; it must be a list of at least one width"],
    [{ widths: [0.1, 0.1] }, "it must be a list of widths, each once"],
    [
      { widths: [0.05, 0.3] },
      "spec.snapshots.widths[1] is 0.3; it must be a finite number above 0 and of at most 0.288",
    ],
    [{ widths: [0] }, "spec.snapshots.widths[0] is 0"],
    [{ count: 0 }, "spec.snapshots.count is 0; it must be a whole number of at least 1"],
    [{ count: 2.5 }, "spec.snapshots.count is 2.5"],
    [{ every: 2 }, 'spec.snapshots has an unknown key "every"'],
  ])("refuses %j", (given, message) => {
    expect(() => trainSpec(spec({ snapshots: given }))).toThrow(message);
  });

  it("is a step that says what it lacks", () => {
    const full = trainSpec(spec());
    const model = modelOf(full);
    const packing = packTree(model.init(random.key(0)));
    const step = trainStep({ ...full, device, model, packing, objective: buildObjective(full.objective) });
    const vector = shaped([packing.size]);
    const state = { weights: vector, average: vector, m: vector, v: vector };
    const inputs = {
      ...{ images: shaped([4, 3, 16, 16]), captions: shaped([4, tinyData().captionLength], "i32") },
      ...{ key: shaped([2], "u32"), step: shaped([], "u32"), rates: shaped([3]), blend: shaped([]) },
    };
    expect(() => step.program(state, inputs)).toThrow("inputs.tracked has 0 numbers; options.snapshots has 2 widths");
    const told = { ...inputs, tracked: shaped([2]) };
    expect(() => step.program(state, told)).toThrow("state has no tracked0; options.snapshots has 2 widths");
    const { v: _, ...short } = { ...state, tracked0: vector, tracked1: vector };
    expect(() => step.program(short, told)).toThrow("state has no v; the optimizer keeps m, v");
  });

  it("has the paper's widths unless told", () => {
    expect(trainSpec(spec({ snapshots: {} })).snapshots).toEqual({ widths: [0.05, 0.1], count: 32 });
  });
});

describe("snapshots in files", () => {
  const at = (step: number, width: number): Snapshot => ({
    ...{ step, width, spec: "{}" },
    arrays: { "average.a": { shape: [2], data: Float32Array.of(step, -0) } },
  });
  const file = (extension: string) => path.join(folder, `snapshot-000000004-0.05.${extension}`);

  it("stay when checkpoints go, and come back by step and width, to the bit", async () => {
    const store = fileCheckpoints(folder, { keep: 1 });
    for (const [step, width] of [
      [10, 0.1],
      [4, 0.05],
      [4, 1e-7],
      [4, 0.05],
    ] as const)
      await store.keep(at(step, width));
    for (const step of [1, 2, 3]) await store.save({ step, seconds: 1, spec: "{}", arrays: {} });
    expect(await contents(store)).toEqual([at(4, 1e-7), at(4, 0.05), at(10, 0.1)]);
    expect((await readdir(folder)).filter((name) => name.startsWith("step"))).toHaveLength(2);
    expect(await fileCheckpoints(path.join(folder, "none")).snapshots()).toEqual([]);
  });

  it("that were altered, cut short or renamed are told by name", async () => {
    const store = fileCheckpoints(folder);
    await store.keep(at(4, 0.05));
    const [snapshot] = await store.snapshots();
    const whole = await readFile(file("safetensors"));
    await writeFile(file("safetensors"), whole.subarray(0, whole.length - 1));
    await expect(snapshot!.read()).rejects.toThrow(`${file("safetensors")} is not a whole checkpoint: it has`);
    whole[whole.length - 1]! ^= 1;
    await writeFile(file("safetensors"), whole);
    await expect(snapshot!.read()).rejects.toThrow("its SHA-256 is not that of what was written");
    const manifest = await readFile(file("json"), "utf8");
    await writeFile(file("json"), manifest.replace('"step":4', '"step":5'));
    await expect(store.snapshots()).rejects.toThrow("it says that it is of step 5 and width 0.05");
    await writeFile(file("json"), "{}");
    await expect(store.snapshots()).rejects.toThrow("manifest.step is missing");
  });
});
