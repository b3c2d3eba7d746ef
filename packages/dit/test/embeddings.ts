import type { DitConfig } from "@isoflop/flops";
import type { Device } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { frequencies, phases } from "../src/frequencies.js";
import { namedBuffers, patchify, positionTable, timeFeatures, unpatchify } from "../src/index.js";
import { sinCosPositions } from "../src/positions.js";
import { readFixture, unread } from "./fixture.js";

const fixture = readFixture("dit_embeddings");
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** Holds the embeddings on a device to the official code and to the formulas. */
export const describeEmbeddings = (name: string, device: Promise<Device>): void => {
  describe(`embeddings on ${name}`, () => {
    test("time features are upstream's in float64, cosines first", async () => {
      const times = fixture.get("t")!.data;
      // The fixture counts time to 1000; ours is a thousandth, so 1000 t rounds once more: t eps / 2 turns the phase by 3e-5.
      const features = await timeFeatures((await device).tensor(times.map((t) => t / 1000))).data();
      expect(largest(features, fixture.get("timestep_embedding_float64.256")!.data)).toBeLessThan(4e-5);
    });

    test("time features are exact to 1e-6 where 1000 t is", async () => {
      const times = Float32Array.from({ length: 65 }, (_, i) => i / 64);
      const features = await timeFeatures((await device).tensor(times)).data();
      const exact = Array.from(times).flatMap((t) => {
        const angles = Array.from({ length: 128 }, (_, i) => 1000 * t * 10000 ** (-i / 128));
        return [...angles.map(Math.cos), ...angles.map(Math.sin)];
      });
      expect(largest(features, exact)).toBeLessThan(1e-6);
    });

    test.each([1, 2, 3, 100, 288, 512])("phases at %i frequencies are exact to 1e-6", async (count) => {
      const x = Float32Array.of(0, 1e-3, 1 / 3, -2.5, 7, 999.9, -1000, 1234.567, 4095.5, 4096);
      const angles = await phases((await device).tensor(x), frequencies(count)).data();
      const strays = Array.from(x).flatMap((value, n) =>
        Array.from({ length: count }, (_, i) => {
          const turns = (angles[n * count + i]! - value * 10000 ** (-i / count)) / (2 * Math.PI);
          return 2 * Math.PI * Math.abs(turns - Math.round(turns));
        }),
      );
      expect(Math.max(...strays)).toBeLessThan(1e-6);
    });

    test.each([256, 48, 7])("of %i features they are upstream's, an odd one being zero", async (count) => {
      const times = fixture.get("t")!.data;
      const even = count - (count % 2);
      const ours = await timeFeatures((await device).tensor(times.map((t) => t / 1000)), 1000, even).data();
      const theirs = fixture.get(`timestep_embedding_float64.${count}`)!.data;
      const single = fixture.get(`timestep_embedding.${count}`)!.data;
      for (const [row, t] of times.entries()) {
        const padded = [...ours.subarray(row * even, (row + 1) * even), ...(count % 2 ? [0] : [])];
        const at = [row * count, (row + 1) * count] as const;
        // 1000 (t / 1000) rounds once more, and PyTorch's float32 rounds frequency times t.
        expect(largest(padded, theirs.subarray(...at)), `${t}`).toBeLessThan(4e-5);
        expect(largest(padded, single.subarray(...at)), `${t}`).toBeLessThan(1e-4);
      }
    });

    test("a time that is no number has no features", async () => {
      const features = await timeFeatures((await device).tensor([Number.NaN, 0])).data();
      expect(features.slice(0, 256).every(Number.isNaN)).toBe(true);
      expect(Array.from(features.slice(256))).toEqual([...new Array(128).fill(1), ...new Array(128).fill(0)]);
    });

    test.each([
      [48, 4],
      [64, 3],
      [8, 2],
    ])("positions of width %i on a square grid of side %i are upstream's", async (width, grid) => {
      const expected = fixture.get(`pos_embed.${width}x${grid}`)!.data;
      const computed = await sinCosPositions(grid, grid, width).data(await device);
      expect(largest(computed, expected)).toBeLessThan(5e-7);
      const config: DitConfig = {
        ...{ image: { height: grid, width: grid, channels: 1 }, patch: 1, width, depth: 1, heads: 1 },
        ...{ conditioning: "inContext", context: { kind: "none" } },
      };
      expect(largest(positionTable(config), expected)).toBeLessThan(1e-7);
    });

    test("positions that the official DiT stores are the buffer of its config", () => {
      const stored = readFixture("dit_init").get("pos_embed")!;
      const config: DitConfig = {
        ...{ image: { height: 4, width: 4, channels: 1 }, patch: 1, width: 192, depth: 1, heads: 1 },
        ...{ conditioning: "adaLNZero", context: { kind: "none" } },
      };
      const { pos_embed } = namedBuffers(config);
      expect(pos_embed!.shape).toEqual(stored.shape);
      expect(largest(pos_embed!.data, stored.data)).toBeLessThan(1e-7);
    });

    test("patches are channel, row, column; unpatchify is row, column, channel", async () => {
      const dev = await device;
      // One image of 2 channels, 2 rows, 4 columns; the value is 100 channel + 10 row + column.
      const image = dev.tensor([0, 1, 2, 3, 10, 11, 12, 13, 100, 101, 102, 103, 110, 111, 112, 113], [1, 2, 2, 4]);
      const tokens = await patchify(image, 2).data();
      expect(Array.from(tokens)).toEqual([0, 1, 10, 11, 100, 101, 110, 111, 2, 3, 12, 13, 102, 103, 112, 113]);
      const ordered = dev.tensor([0, 100, 1, 101, 10, 110, 11, 111, 2, 102, 3, 103, 12, 112, 13, 113], [1, 2, 8]);
      expect(await unpatchify(ordered, 1, 2, 2).data()).toEqual(await image.data());
    });

    test("no array of a fixture is left unread", () => {
      for (const name of ["dit_embeddings", "dit_init"]) expect(unread(name), name).toEqual([]);
    });
  });
};
