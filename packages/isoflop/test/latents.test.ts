import { existsSync, readFileSync, renameSync } from "node:fs";
import type { DataSource, DataSpec } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import type { RunSpec } from "@isoflop/sweep";
import { createDevice, type Device } from "@isoflop/tensor";
import { writeSafetensors } from "@isoflop/tensor/safetensors";
import { describe, expect, test } from "vitest";
import { decodeSamples, sampleDecoder } from "../src/sample/decode.js";
import { StudyFolder } from "../src/study/folder.js";
import { drawSamples } from "../src/study/samples.js";
import { file, isoflop, type Json, scratch } from "./isoflop.js";

const env = { XDG_CACHE_HOME: scratch("caches") };

const COUNT = 300;
const [CHANNELS, SIDE] = [4, 8];
const wave = (i: number): number => Math.sin(12.9898 * (i + 1)) * 1.4;
const latents = Float32Array.from({ length: COUNT * CHANNELS * SIDE * SIDE }, (_, i) => 3 + 2 * wave(i));
const labels = Array.from({ length: COUNT }, (_, i) => i % 3);
const path = file(
  "latents.safetensors",
  writeSafetensors({
    latents: { shape: [COUNT, CHANNELS, SIDE, SIDE], data: latents, format: "F32" },
    labels: { shape: [COUNT], data: labels, format: "U8" },
  }),
);
// The first three channels as colours, each pixel as four: (x − 3) / 2, less what little of the fourth there is.
const colours = Array.from(
  { length: 12 * CHANNELS },
  (_, i) => Number(Math.floor(i / CHANNELS / 4) === i % CHANNELS) / 2,
);
const decoderFile = file(
  "decoder.safetensors",
  writeSafetensors({
    "layers.0.weight": { shape: [12, CHANNELS], data: colours, format: "F32" },
    "layers.0.bias": { shape: [12], data: Array(12).fill(-1.5), format: "F32" },
  }),
);

const data = { source: "latents", path, labels: "labels", classNames: ["cat", "dog", "Sea Lion"], validation: 0.3 };
const spec = (more: object = {}): string =>
  JSON.stringify({
    ...{ data: { ...data, ...more }, model: { width: 8, patch: 4 }, steps: 4, optimizer: { learningRate: 0.01 } },
    validation: { images: 64 },
  });

const train = (out: string, more: object = {}) =>
  isoflop(["train", file(`${out}.json`, spec(more)), "--out", scratch(out), "--json"], "", env);

test("a model of latents is trained, its data told of, and drawn through the decoder that the data name", () => {
  const decoder = { kind: "safetensors", path: decoderFile };
  const { code, stdout, stderr } = train("decoded", { shift: 3, scale: 0.5, decoder });
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/training on \d+ latents: means .* standard deviations 0.99/),
  ]);
  const run = JSON.parse(stdout) as Json;
  const folder = String(run.folder);
  const out = scratch("drawn.png");
  const sampled = isoflop(
    ["sample", folder, "--caption", "sea lion", "--caption", "a dog", "--steps", "2", "--out", out, "--json"],
    "",
    env,
  );
  expect(sampled.code).toBe(0);
  expect(JSON.parse(sampled.stdout)).toMatchObject({ data: { decoder }, captions: ["sea lion", "a dog"] });
  expect(readFileSync(out).subarray(1, 4).toString()).toBe("PNG");
});

test("without a decoder nothing is drawn, and it is said how to", () => {
  const { code, stdout, stderr } = train("plain");
  expect(code).toBe(0);
  expect(stderr).toContain(
    "all channels are far from mean 0 and deviation 1, for which noise schedules are made; shift: [",
  );
  const folder = String((JSON.parse(stdout) as Json).folder);
  const out = scratch("none.png");
  const args = ["sample", folder, "--count", "2", "--steps", "2", "--out", out];
  const refused = isoflop(args, "", env);
  expect(refused).toMatchObject({ code: 3, stdout: "" });
  expect(refused.stderr).toContain(
    "samples are latents of [4, 8, 8] and the data name no decoder: nothing is drawn; give --decoder FILE.safetensors",
  );
  expect(existsSync(out)).toBe(false);
  const drawn = isoflop([...args, "--decoder", decoderFile], "", env);
  expect([drawn.code, drawn.stderr]).toEqual([0, expect.not.stringContaining("nothing is drawn")]);
  expect(existsSync(out)).toBe(true);
  const wrong = isoflop([...args, "--decoder", path, "--force"], "", env);
  expect(wrong).toMatchObject({ code: 3, stdout: "" });
  expect(wrong.stderr).toContain(`data.decoder: ${path} is no decoder: it has no tensor "layers.0.weight" (layers)`);
});

test("a run is the same wherever its latents lie and whatever decodes them", () => {
  const before = JSON.parse(train("plain").stdout) as Json;
  const moved = scratch("moved.safetensors");
  renameSync(path, moved);
  try {
    const after = JSON.parse(train("plain", { path: moved, decoder: { kind: "none" } }).stdout) as Json;
    expect(after).toEqual(before);
    const gone = train("gone");
    expect([gone.code, gone.stdout]).toEqual([3, ""]);
    expect(gone.stderr).toContain(`there is no file ${path}`);
  } finally {
    renameSync(moved, path);
  }
});

test("a study draws its samples and the validation data of their captions through the decoder, or says why not", async () => {
  const decoder = { kind: "safetensors", path: decoderFile };
  const out = scratch("of-study");
  const { id, spec } = JSON.parse(train("of-study", { decoder }).stdout) as {
    readonly id: string;
    readonly spec: RunSpec;
  };
  const source = await openSource(spec.data, { cacheFolder: scratch("sets") });
  const device = await createDevice("wasm", { wasm: { threads: 1 } });
  const notes: string[] = [];
  const drawing = {
    ...{ folder: new StudyFolder(scratch("s"), {}, out), device, source, seed: 0 },
    ...{ samples: { count: 2, steps: 2, guidance: 1 }, onNote: (note: string) => notes.push(note) },
  };
  try {
    const drawn = await drawSamples({ id, spec }, drawing);
    expect(drawn.map(({ group, width, pixels }) => [group, width, pixels.length])).toEqual([
      ["Generated", 16, 768],
      ["Generated", 16, 768],
      ["Validation data", 16, 768],
    ]);
    const real = source.batch("validation", 0, 1).images;
    expect(drawn[2]!.pixels[0]).toBeCloseTo(real[0]! / 2 - 1.5, 5);
    expect(notes).toEqual([]);
    const { decoder: _, ...without } = spec.data as DataSpec & { readonly decoder: unknown };
    expect(await drawSamples({ id, spec: { ...spec, data: without as DataSpec } }, drawing)).toEqual([]);
    expect(notes).toEqual(["samples are latents of [4, 8, 8] and the data name no decoder: nothing is drawn"]);
  } finally {
    device.destroy();
  }
});

describe("samples of", () => {
  const sample = (pixels: Float32Array, side: number) =>
    ({ caption: "x", width: side, height: side, layout: "chw", pixels }) as const;
  const withSource = async (
    record: object,
    how: (source: DataSource, data: DataSpec, device: Device) => Promise<void>,
  ) => {
    const device = await createDevice("wasm", { wasm: { threads: 1 } });
    try {
      const spec = record as DataSpec;
      await how(await openSource(spec, { cacheFolder: scratch("sets") }), spec, device);
    } finally {
      device.destroy();
    }
  };

  test("latents are decoded as their file has them, whatever scale the model was given", async () => {
    const decoder = { kind: "safetensors", path: decoderFile };
    await withSource(
      { ...data, scale: [0.5, 0.25, 1, 2], shift: [3, 0, 1, -1], decoder },
      async (source, spec, device) => {
        const [first, second] = [0, 1].map((i) => sample(source.batch("validation", i, 1).images, SIDE));
        const how = await sampleDecoder(spec, source);
        const pictures = await decodeSamples([first!, second!], how, device);
        expect(pictures).toMatchObject(
          [first, second].map(() => ({ caption: "x", width: 16, height: 16, layout: "chw" })),
        );
        for (const [i, { pixels }] of pictures.entries()) {
          const given = source.batch("validation", i, 1).images;
          const [scale, shift] = [0.25, 0];
          // Row 5, column 9 of green is row 2, column 4 of channel 1.
          const latent = given[SIDE * SIDE + 2 * SIDE + 4]! / scale + shift;
          expect(pixels[256 + 5 * 16 + 9]).toBeCloseTo(latent / 2 - 1.5, 5);
        }
        const grey = { ...spec, decoder: undefined } as unknown as DataSpec;
        const none = await sampleDecoder(grey, source);
        expect(await decodeSamples([first!], none, device)).toEqual([]);
      },
    );
  });

  test("latents are decoded by a module of one's own, which no run depends on", async () => {
    const module = file(
      "decoder.ts",
      `import type { Decoder } from "@isoflop/data";
import { kind, number } from "@isoflop/spec";
const factor = 2;
export const decoder = kind({
  name: "first-three",
  options: { by: number() },
  build: async ({ by }): Promise<Decoder> => ({
    name: "first three",
    shapeOf: ([, h, w]) => [3, h, w],
    async decode(latents, [c, h, w]) {
      const each = c * h * w;
      return Float32Array.from({ length: (latents.length / each) * 3 * h * w }, (_, i) => {
        const n = Math.floor(i / (3 * h * w));
        return factor * by * latents[n * each + (i % (3 * h * w))]!;
      });
    },
  }),
});
`,
    );
    await withSource({ ...data, scale: 0.5, decoder: { module, by: 3 } }, async (source, spec, device) => {
      const drawn = sample(source.batch("validation", 0, 1).images, SIDE);
      const [picture] = await decodeSamples([drawn], await sampleDecoder(spec, source), device);
      const [first] = drawn.pixels;
      expect([picture!.pixels.length, picture!.pixels[0]]).toEqual([
        3 * SIDE * SIDE,
        Math.fround(Math.fround(first! / 0.5) * 6),
      ]);
      const wrong = { ...spec, decoder: { module, by: "x" } } as unknown as DataSpec;
      await expect(sampleDecoder(wrong, source)).rejects.toThrow(
        'data.decoder: decoder.by is "x"; it must be a finite number',
      );
      const none = { ...spec, decoder: { module: scratch("no.ts") } } as unknown as DataSpec;
      await expect(sampleDecoder(none, source)).rejects.toThrow("data.decoder: there is no module");
    });
  });

  test("pictures are as they are, grey ones in three colours", async () => {
    await withSource({ source: "shapes", size: 16 }, async (source, spec, device) => {
      const drawn = [sample(source.batch("train", 0, 1).images, 16)];
      const how = await sampleDecoder(spec, source);
      expect(how).toEqual({ kind: "pictures", channels: 3 });
      expect(await decodeSamples(drawn, how, device)).toBe(drawn);
      const one = sample(Float32Array.of(1, 2, 3, 4), 2);
      const [grey] = await decodeSamples([one], { kind: "pictures", channels: 1 }, device);
      expect([...grey!.pixels]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    });
  });
});
