import { type Extractor, extractors, MetricsError } from "@isoflop/metrics";
import { createDevice } from "@isoflop/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { FeaturesError, inceptionV3, mobilenetV2 } from "../src/index.js";
import { nsfwjsNetwork } from "../src/nsfwjs/package.js";
import { pictures } from "./picture-data.js";
import { differenceFromTfjs } from "./pictures.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

describe.each([
  [
    "mobilenetV2",
    mobilenetV2.build({}),
    "mobilenet_v2",
    "8e7dddbb16acacc1bf1601b1b8a761e730ff934b7f2d7771312b2f000e5f5f13",
  ],
  [
    "inceptionV3",
    inceptionV3.build({}),
    "inception_v3",
    "8a457f3fdec7db18b16e44323454db0eaeb8f314eda0046b2e293e58a5bfabf4",
  ],
] as const)("%s", (kind, extractor, model, digest) => {
  it("gives the features that TensorFlow.js gives", async () => {
    expect(await differenceFromTfjs(extractor, model, device)).toBeLessThan(2e-5);
  });

  it("is known by its weights", async () => {
    expect(await extractor.digest()).toBe(digest);
    expect(extractors.build({ kind } as never)).toMatchObject({ name: extractor.name, dim: extractor.dim });
  });
});

describe("images", () => {
  const load = () => mobilenetV2.build({}).load(device);
  const { data, ...sizes } = pictures();
  const half = data.length / 2;

  it("have the features that they have alone, to the bit", async () => {
    const mobilenet = await load();
    const [a, b] = [data.subarray(0, half), data.subarray(half)];
    const five = Float32Array.from([a, b, b, a, b].flatMap((image) => [...image]));
    const rows = await mobilenet.features({ ...sizes, data: five, count: 5 });
    const alone = await mobilenet.features({ ...sizes, data: b, count: 1 });
    for (const at of [1, 2, 4]) expect(rows.subarray(at * 1280, (at + 1) * 1280)).toEqual(alone);
    mobilenet.dispose();
  });

  it("leave nothing on the device but the memory that all programs share", async () => {
    const left: number[] = [];
    for (let i = 0; i < 2; i++) {
      const mobilenet = await load();
      await mobilenet.features({ ...sizes, data });
      mobilenet.dispose();
      left.push(device.memory.bytes);
    }
    expect(left[1]).toBe(left[0]);
  });

  it("may be grey, of any size and not square", async () => {
    const mobilenet = await load();
    const grey = Float32Array.from({ length: 20 * 40 }, (_, i) => Math.sin(i));
    const image = { count: 1, height: 20, width: 40 };
    const three = Float32Array.from([grey, grey, grey].flatMap((plane) => [...plane]));
    expect(await mobilenet.features({ ...image, channels: 1, data: grey })).toEqual(
      await mobilenet.features({ ...image, channels: 3, data: three }),
    );
    mobilenet.dispose();
  });

  it("are refused with other channels, sizes and values", async () => {
    const mobilenet = await load();
    const of = (image: object) => mobilenet.features({ ...sizes, data, ...image });
    await expect(of({ channels: 4 })).rejects.toThrow(/have 4 channels; .* takes 3, red, green and blue, or 1/);
    await expect(of({ count: 3 })).rejects.toThrow(/data has 6144 numbers; 3×3×32×32 is 9216/);
    await expect(of({ data: data.with(4000, Number.NaN) })).rejects.toThrow(/Image 1 holds NaN/);
    await expect(of({ channels: 4 })).rejects.toThrow(MetricsError);
    mobilenet.dispose();
  });
});

it("says which package is missing and how to install it", async () => {
  const missing = nsfwjsNetwork(async () => {
    throw new Error("Cannot find package 'nsfwjs' imported from /app/node_modules/@isoflop/features/dist/index.js");
  });
  await expect(missing.digest()).rejects.toThrow(
    /nsfwjs, which is not installed: npm install --legacy-peer-deps nsfwjs/,
  );
  await expect(missing.network()).rejects.toThrow(FeaturesError);
});

it("extractors of this package are in the registry once it is imported", () => {
  const names: readonly string[] = [...extractors].map(({ name }: { readonly name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(["pixels", "mobilenetV2", "inceptionV3", "emojiEncoder", "onnx"]));
  const all: readonly Extractor[] = [mobilenetV2.build({}), inceptionV3.build({})];
  // Published values of FID are of another network.
  for (const { name } of all) expect(name).not.toMatch(/fid/i);
});
