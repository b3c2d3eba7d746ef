import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { kind } from "@isoflop/spec";
import { createDevice, type Device } from "@isoflop/tensor";
import { type Writable, writeSafetensors } from "@isoflop/tensor/safetensors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Decoder, decoders } from "../../src/index.js";
import { openDecoder } from "../../src/node.js";
import { convolved, doubled, mapped, type Planes, planesOf, summed } from "./naive.js";

let folder: string;
let device: Device;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "isoflop-decoders-"));
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(async () => {
  device.destroy();
  await rm(folder, { recursive: true });
});

/** Numbers between −1 and 1 that look like nothing, the same every time. */
const numbers = (count: number, from: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * from));

/** A tensor of a file with such numbers, small where many are added up. */
const weight = (shape: readonly number[], from: number): Writable => {
  const into = shape.slice(1).reduce((product, n) => product * n, 1);
  const data = numbers(
    shape.reduce((product, n) => product * n, 1),
    from,
  ).map((x) => x / Math.sqrt(into));
  return { shape, data, format: "F32" };
};

let files = 0;
const fileOf = async (tensors: Record<string, Writable>, metadata: Record<string, string> = {}): Promise<string> => {
  const file = path.join(folder, `decoder-${files++}.safetensors`);
  await writeFile(file, writeSafetensors(tensors, metadata));
  return file;
};

const opened = async (file: string, more: object = {}): Promise<Decoder> =>
  (await openDecoder({ kind: "safetensors", path: file, ...more }))!;

const expectClose = (found: ArrayLike<number>, expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length);
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
  expect(worst).toBeLessThan(1e-5);
};

const refused = async (tensors: Record<string, Writable>, message: string, metadata = {}): Promise<void> => {
  const file = await fileOf(tensors, metadata);
  await expect(opened(file)).rejects.toThrow(message);
  await expect(opened(file)).rejects.toThrow(file);
};

describe("a decoder of layers", () => {
  const tensors = {
    "layers.0.weight": weight([5, 2, 3, 3], 1),
    "layers.0.bias": weight([5], 2),
    "layers.1.weight": weight([12, 5], 3),
  };

  it("is convolutions, what acts between them, and a pixel shuffle", async () => {
    const decoder = await opened(await fileOf(tensors, { activation: "silu" }));
    const shape = [2, 3, 4] as const;
    expect(decoder.shapeOf(shape)).toEqual([3, 6, 8]);
    const latents = numbers(3 * 24, 9);
    const pixels = await decoder.decode(latents, shape, device);
    const pictures = [0, 1, 2].map((n) => {
      const first = convolved(
        planesOf(latents.subarray(24 * n, 24 * n + 24), shape),
        tensors["layers.0.weight"].data,
        5,
        3,
        tensors["layers.0.bias"].data,
      );
      const last = convolved(
        mapped(first, (x) => x / (1 + Math.exp(-x))),
        tensors["layers.1.weight"].data,
        12,
        1,
      );
      // PixelShuffle of 2: channel 4 c + 2 i + j is row i, column j.
      return [0, 1, 2].flatMap((c) =>
        Array.from({ length: 48 }, (_, at) => {
          const [y, x] = [Math.floor(at / 8), at % 8];
          return last[4 * c + 2 * (y % 2) + (x % 2)]![y >> 1]![x >> 1]!;
        }),
      );
    });
    expectClose(pixels, pictures.flat());
  });

  it("takes latents as their file has them, by a scale and shift of its own", async () => {
    const file = await fileOf(tensors, { activation: "relu" });
    const shape = [2, 2, 2] as const;
    const latents = numbers(8, 4);
    const plain = await opened(file);
    const scaled = await opened(file, { scale: 0.5, shift: [1, -2] });
    const taken = latents.map((x, i) => (x - (i < 4 ? 1 : -2)) * 0.5);
    expectClose(await scaled.decode(latents, shape, device), [...(await plain.decode(taken, shape, device))]);
    await expect(opened(file, { scale: [1, 2, 3] })).rejects.toThrow(
      "decoder.scale is a list of 3; it must be one number, or one for each of 2 channels",
    );
    await expect(opened(file, { scale: "x" })).rejects.toThrow(
      'decoder.scale is "x"; it must be a finite number, or a list of one for each channel',
    );
  });

  it("refuses what does not fit, naming file, tensor and what would", async () => {
    await refused(tensors, "activation undefined; between 2 layers it must be one of relu, silu, gelu, tanh");
    await refused({ "layers.0.weight": weight([8, 4], 0) }, "gives 8 channels; the last layer must give 3 p²");
    await refused(
      { ...tensors, "layers.1.weight": weight([12, 4], 0) },
      '"layers.1.weight" is [12, 4]; it is given 5 channels, so its second axis must be 5',
    );
    await refused({ "layers.0.weight": weight([12, 4, 2, 2], 0) }, "must be [out, in, k, k] with k odd");
    await refused(
      { "layers.0.weight": weight([12, 4, 1], 0) },
      '"layers.0.weight" is [12, 4, 1]; it must have 2 or 4 axes',
    );
    await refused(
      { "layers.0.weight": weight([12, 4], 0), "layers.0.bias": weight([3], 0) },
      '"layers.0.bias" is [3]; it must be [12]',
    );
    await refused(
      { ...tensors, encoder: weight([1], 0) },
      '"encoder" has no place in a decoder of the layout "layers"',
      { activation: "relu" },
    );
    await refused(
      { weight: weight([12, 4], 0) },
      'it has no tensor "layers.0.weight" (layers) or "3.conv.0.weight" (TAESD)',
    );
    const decoder = await opened(await fileOf({ "layers.0.weight": weight([12, 4], 0) }));
    expect(() => decoder.shapeOf([3, 8, 8])).toThrow("decodes latents of 4 channels; these are [3, 8, 8]");
  });
});

describe("a decoder of TAESD's kind", () => {
  const width = 4;
  const kernel = (i: string, out: number, into: number, biased = true) => ({
    [`${i}.weight`]: weight([out, into, 3, 3], Number.parseFloat(i) + i.length),
    ...(biased && { [`${i}.bias`]: weight([out], i.length) }),
  });
  const blocks = (i: number, out = width, into = width) => ({
    ...kernel(`${i}.conv.0`, out, into),
    ...kernel(`${i}.conv.2`, out, out),
    ...kernel(`${i}.conv.4`, out, out),
    ...(into !== out && { [`${i}.skip.weight`]: weight([out, into, 1, 1], i) }),
  });
  // As `Decoder` with one doubling of the sides, and a block that widens.
  const tensors: Record<string, Writable> = {
    ...{ ...kernel("1", width, 2), ...blocks(3), ...kernel("5", width, width, false) },
    ...{ ...blocks(6, 6, width), ...kernel("7", 3, 6) },
  };

  it("is the Sequential of its state dict", async () => {
    const decoder = await opened(await fileOf(tensors));
    const shape = [2, 3, 2] as const;
    expect(decoder.shapeOf(shape)).toEqual([3, 6, 4]);
    const latents = numbers(12, 3).map((x) => 4 * x);
    const conv = (x: Planes, stem: string) => {
      const { shape: sizes, data } = tensors[`${stem}.weight`]!;
      return convolved(x, data, sizes[0]!, sizes[2]!, tensors[`${stem}.bias`]?.data);
    };
    const relu = (x: Planes) => mapped(x, (value) => Math.max(0, value));
    const block = (x: Planes, i: number) => {
      const inner = conv(relu(conv(relu(conv(x, `${i}.conv.0`)), `${i}.conv.2`)), `${i}.conv.4`);
      return relu(summed(inner, tensors[`${i}.skip.weight`] ? conv(x, `${i}.skip`) : x));
    };
    const squashed = mapped(planesOf(latents, shape), (x) => 3 * Math.tanh(x / 3));
    const last = conv(block(conv(doubled(block(relu(conv(squashed, "1")), 3)), "5"), 6), "7");
    expectClose(await decoder.decode(latents, shape, device), mapped(last, (x) => 2 * x - 1).flat(2));
  });

  it("refuses another network", async () => {
    const { "6.conv.2.weight": _, ...without } = tensors;
    await refused(without, 'has no tensor "6.conv.2.weight"');
    await refused(
      { ...tensors, "9.weight": weight([3, 3, 3, 3], 0), "9.bias": weight([3], 0) },
      'has no step 8: neither "8.weight" nor "8.conv.0.weight"',
    );
    await refused({ ...tensors, ...kernel("8", 4, 3) }, '"8.weight", gives 4 channels; it must give 3');
  });
});

describe("decoders by name", () => {
  it("are none, a file's, and a module's own", async () => {
    expect(await openDecoder({ kind: "none" })).toBeNull();
    const grey: Decoder = {
      name: "grey",
      shapeOf: ([, h, w]) => [3, h, w],
      decode: async (latents) => new Float32Array(3 * latents.length),
    };
    decoders.add(kind({ name: "grey", about: "nothing but grey", options: {}, build: async () => grey }));
    expect(await openDecoder({ kind: "grey" })).toBe(grey);
    await expect(openDecoder({ kind: "safetensor", path: "x" })).rejects.toThrow(
      /decoder.kind is "safetensor".*safetensors/,
    );
    await expect(opened("none.safetensors")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(decoders.build({ kind: "safetensors", path: "x" })).rejects.toThrow(
      "in Node, openDecoder of @isoflop/data/node",
    );
  });
});
