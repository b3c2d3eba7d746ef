import path from "node:path";
import { writeSafetensors } from "@isoflop/tensor/safetensors";
import { beforeEach, expect, it } from "vitest";
import { type DataSource, type DataSpec, fingerprint } from "../../src/index.js";
import { openSource } from "../../src/node.js";
import { captioned, put, temporary } from "./files.js";

const COUNT = 20;
const [TOKENS, DIM] = [3, 2];

let cache: string;
let folder: string;
beforeEach(async () => {
  [cache, folder] = [temporary(), temporary()];
  put(folder, await captioned(COUNT));
});

/** Features and names, the rows in this order; what row n has begins with 10 n. */
const written = (order: readonly number[], broken?: number): object => {
  const beside = temporary();
  const data = order.flatMap((n) =>
    Array.from({ length: TOKENS * DIM }, (_, i) => (n === broken ? Number.NaN : 10 * n + i)),
  );
  const lengths = order.map((n) => n % (TOKENS + 1));
  put(beside, {
    "names.txt": `${order.map((n) => `./${n}.png`).join("\n")}\n`,
    "t5.safetensors": writeSafetensors({
      features: { shape: [order.length, TOKENS, DIM], data, format: "F32" },
      lengths: { shape: [order.length], data: lengths, format: "I32" },
    }),
  });
  return { path: path.join(beside, "t5.safetensors"), names: path.join(beside, "names.txt"), lengths: "lengths" };
};

const open = (features?: object): Promise<DataSource> =>
  openSource({ source: "images", path: folder, size: 16, validation: 0.3, features } as DataSpec, {
    cacheFolder: cache,
  });

const forth = Array.from({ length: COUNT }, (_, i) => i);

it("pictures have the vectors of their names, in whatever order these lie", async () => {
  const source = await open(written(forth));
  expect(source.features).toEqual({ tokens: TOKENS, dim: DIM });
  const batch = source.batch("train", 0, source.size("train"));
  for (let i = 0; i < source.size("train"); i++) {
    const n = Number(/\d+/.exec(source.caption("train", i))![0]);
    const length = n % (TOKENS + 1);
    expect(batch.lengths![i]).toBe(Math.max(1, length));
    expect([...batch.features!.subarray(6 * i, 6 * i + 6)]).toEqual(
      Array.from({ length: 6 }, (_, at) => (at < DIM * length ? 10 * n + at : 0)),
    );
  }
  const mixed = await open(written([...forth.slice(7), 99, ...forth.slice(0, 7)]));
  expect(fingerprint(mixed)).toEqual(fingerprint(source));
  expect(mixed.batch("validation", 0, 3)).toEqual(source.batch("validation", 0, 3));
  expect(fingerprint(await open()).content).not.toBe(fingerprint(source).content);
  expect(source.describe().provenance.files.map((file) => file.path)).toContain("t5.safetensors");
});

it("pictures without vectors, and vectors that are none, are refused by name", async () => {
  await expect(open(written(forth.slice(1)))).rejects.toThrow(
    'names.txt does not name "0.png"; each image must have a row of features',
  );
  await expect(open(written(forth, 7))).rejects.toThrow("row 7: vector 0 of features has NaN");
  await expect(open({ path: "x.npy" })).rejects.toThrow("data.features.names is missing; it must be a text");
});
