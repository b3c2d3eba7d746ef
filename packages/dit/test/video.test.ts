import { conditionings, type DitConfig, positionKinds, resolve } from "@isoflop/flops";
import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  type DitParams,
  dit,
  namedBuffers,
  namedParams,
  paramsFrom,
  patchifyVideo,
  positionTable,
  unpatchifyVideo,
} from "../src/index.js";
import { frozenPositions } from "../src/positions.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const words = { kind: "words", tokens: 3, vocabulary: 5 } as const;
const setup = {
  ...{ patch: 2, width: 16, depth: 2, heads: 2, context: words },
  image: { height: 4, width: 6, channels: 2 },
} as const;
const video = { ...setup, image: { ...setup.image, frames: 4 }, patchFrames: 2 } as const;
const t = device.tensor([0.2, 0.7]);
const ids = device.tensor(Int32Array.of(1, 2, 0, 4, 4, 1), [2, 3]);

const run = (config: DitConfig, params: DitParams, x: Tensor): Tensor => dit(config).apply(params, x, t, ids);

const most = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((peak, value, i) => Math.max(peak, Math.abs(value - b[i]!)), 0);

describe("patches of videos", () => {
  const [c, f, h, w] = [2, 4, 4, 6];
  const x = device.tensor(
    Float32Array.from({ length: c * f * h * w }, (_, i) => i),
    [1, c, f, h, w],
  );

  test("are ordered by frame, row, column; inside by channel, frame, row, column", async () => {
    const tokens = patchifyVideo(x, 2, 2);
    expect(tokens.shape).toEqual([1, 2 * 2 * 3, 16]);
    const values = await tokens.data();
    const expected: number[] = [];
    for (let frame = 0; frame < 2; frame++)
      for (let row = 0; row < 2; row++)
        for (let column = 0; column < 3; column++)
          for (let channel = 0; channel < c; channel++)
            for (let inside = 0; inside < 8; inside++) {
              const [df, dy, dx] = [inside >> 2, (inside >> 1) & 1, inside & 1];
              expected.push(((channel * f + 2 * frame + df) * h + 2 * row + dy) * w + 2 * column + dx);
            }
    expect(Array.from(values)).toEqual(expected);
  });

  test("come back from frame, row, column, channel", async () => {
    const tokens = patchifyVideo(x, 2, 2);
    const channelsLast = tokens.reshape([1, 12, c, 8]).permute([0, 1, 3, 2]).reshape([1, 12, 16]);
    const back = unpatchifyVideo(channelsLast, { frames: 2, rows: 2, columns: 3 }, 2, 2);
    expect(back.shape).toEqual(x.shape);
    expect(await back.data()).toEqual(await x.data());
  });
});

describe.each(conditionings)("videos in %s", (conditioning) => {
  // What is added and what turns are the trunk's alone: all of them by one.
  test.each(conditioning === "adaLN" ? positionKinds : (["sincos+rope"] as const))(
    "of one frame are images, with positions %s",
    async (positions) => {
      const image: DitConfig = { ...setup, conditioning, positions, registers: 1 };
      const single: DitConfig = { ...image, image: { ...setup.image, frames: 1 }, patchFrames: 1 };
      const params = await perturbed(image, device);
      const { weight, bias } = params.x_embedder.proj;
      const kernel = weight.reshape([16, 2, 1, 2, 2]);
      const x = random.normal(random.key(7), [2, 2, 4, 6]);
      const out = run(
        single,
        { ...params, x_embedder: { proj: { weight: kernel, bias } } },
        x.reshape([2, 2, 1, 4, 6]),
      );
      expect(out.shape).toEqual([2, 2, 1, 4, 6]);
      expect(await out.data()).toEqual(await run(image, params, x).data());
    },
  );

  test("swap with their frames where positions do not tell frames apart", async () => {
    const config: DitConfig = { ...video, patchFrames: 1, conditioning, positions: "learned" };
    const params = await perturbed(config, device);
    const one = (await params.pos_embed!.data(device)).subarray(0, 6 * 16);
    const pos_embed = device.tensor(
      Float32Array.from({ length: 4 * 6 * 16 }, (_, i) => one[i % (6 * 16)]!),
      [1, 24, 16],
    );
    const same = { ...params, pos_embed };
    const values = (await random.normal(random.key(7), [2, 2, 4, 4, 6]).data(device)) as Float32Array;
    const turned = (all: ArrayLike<number>) =>
      Float32Array.from({ length: all.length }, (_, i) => {
        const [pixel, frame, rest] = [i % 24, Math.floor(i / 24) % 4, Math.floor(i / 96)];
        return all[96 * rest + 24 * (3 - frame) + pixel]!;
      });
    const shape = [2, 2, 4, 4, 6];
    const [forth, back] = [values, turned(values)].map((all) => run(config, same, device.tensor(all, shape)).data());
    const out = await forth!;
    expect(most(turned(out), await back!)).toBeLessThan(2e-5);
    for (const positions of ["sincos", "rope"] as const) {
      const { pos_embed: _, ...rest } = same;
      const told: DitConfig = { ...config, positions };
      const [a, b] = [values, turned(values)].map((all) =>
        run(told, rest as DitParams, device.tensor(all, shape)).data(),
      );
      expect(most(turned(await a!), await b!)).toBeGreaterThan(1e-3);
    }
  });

  test("see all of their frames", async () => {
    const config: DitConfig = { ...video, conditioning, positions: "sincos+rope" };
    const params = await perturbed(config, device);
    expect(params.x_embedder.proj.weight.shape).toEqual([16, 2, 2, 2, 2]);
    const values = (await random.normal(random.key(7), [2, 2, 4, 4, 6]).data(device)) as Float32Array;
    const out = await run(config, params, device.tensor(values, [2, 2, 4, 4, 6])).data();
    // The last number of the first video.
    const other = Float32Array.from(values);
    other[2 * 96 - 1]! += 1;
    const changed = await run(config, params, device.tensor(other, [2, 2, 4, 4, 6])).data();
    for (let frame = 0; frame < 8; frame++)
      expect(
        most(out.subarray(24 * frame, 24 * frame + 24), changed.subarray(24 * frame, 24 * frame + 24)),
      ).toBeGreaterThan(1e-5);
    expect(changed.subarray(192)).toEqual(out.subarray(192));
  });
});

describe("the frozen table of a video", () => {
  const config: DitConfig = { ...video, conditioning: "adaLNZero", width: 32, image: { ...video.image, frames: 10 } };

  test("is the image's and a sine and cosine of the frame", async () => {
    const table = positionTable(config);
    const image = positionTable({ ...setup, conditioning: "adaLNZero", width: 32 });
    expect(table.length).toBe(5 * image.length);
    for (const [i, value] of table.entries()) {
      const [frame, channel] = [Math.floor(i / image.length), i % 32];
      const angle = frame * 10000 ** (-(channel % 16) / 16);
      expect(value).toBeCloseTo(image[i % image.length]! + (channel < 16 ? Math.sin(angle) : Math.cos(angle)), 12);
    }
    expect(most(table, await frozenPositions(resolve(config)).data(device))).toBeLessThan(2e-6);
  });

  test("is stored as pos_embed, and read back", async () => {
    const model = dit(config);
    const buffers = namedBuffers(config);
    expect(buffers.pos_embed!.shape).toEqual([1, 30, 32]);
    const named = Object.entries(namedParams(model.init(random.key(1)))).map(
      async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data(device)) as Float32Array }] as const,
    );
    const arrays = { ...Object.fromEntries(await Promise.all(named)), ...buffers };
    expect(() => paramsFrom(model, arrays, device)).not.toThrow();
    const rotary = dit({ ...config, positions: "rope" });
    expect(namedBuffers(rotary.config)).toEqual({});
    expect(() => paramsFrom(rotary, arrays, device)).toThrow(/"pos_embed" is no parameter of this config/);
  });
});

test("images and videos of another shape are refused with the right one", () => {
  const model = dit({ ...video, conditioning: "adaLN" });
  const params = model.init(random.key(0));
  const right = "the config's image takes f32[2, 2, 4, 4, 6].";
  for (const shape of [
    [2, 2, 4, 6],
    [2, 4, 2, 4, 6],
    [2, 2, 2, 4, 6],
  ])
    expect(() => run(model.config, params, random.normal(random.key(1), shape))).toThrow(right);
});
