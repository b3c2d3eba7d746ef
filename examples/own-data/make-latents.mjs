// Turns the pictures into latents of 4 x 8 x 8 by a linear autoencoder: the principal components of patches of 2 x 2 pixels. Writes
// latents.safetensors with a class for each, the classes' names, and the decoder that draws pictures again.
import { writeFileSync } from "node:fs";
import { openSource } from "@isoflop/data/node";
import { writeSafetensors } from "@isoflop/tensor/safetensors";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

const [SIZE, PATCH, CHANNELS] = [16, 2, 4];
const SIDE = SIZE / PATCH;

// The folder that a picture lies in is its class: the colour behind. The first epoch of training and what is held out are all pictures once.
const source = await openSource({ source: "images", path: "pictures", captions: "classes", size: SIZE });
const all = ["train", "validation"].flatMap((split) =>
  Array.from({ length: source.size(split) ?? 0 }, (_, index) => ({ split, index })),
);
const images = Float32Array.from(all.flatMap(({ split, index }) => [...source.batch(split, index, 1).images]));
const colours = all.map(({ split, index }) => source.caption(split, index));
const count = all.length;
const names = [...new Set(colours)].sort();

/** Patches as rows [count x 8 x 8, 12]: colour, row, column, the order in which the decoder gives them back. */
const patches = new Matrix(count * SIDE * SIDE, 3 * PATCH * PATCH);
for (let row = 0; row < patches.rows; row++) {
  const [n, y, x] = [Math.floor(row / SIDE ** 2), Math.floor(row / SIDE) % SIDE, row % SIDE];
  for (let column = 0; column < patches.columns; column++) {
    const [colour, i, j] = [Math.floor(column / PATCH ** 2), Math.floor(column / PATCH) % PATCH, column % PATCH];
    const pixel = ((n * 3 + colour) * SIZE + y * PATCH + i) * SIZE + x * PATCH + j;
    patches.set(row, column, images[pixel] ?? 0);
  }
}

const mean = patches.mean("column");
patches.subRowVector(mean);
const covariance = patches.transpose().mmul(patches).div(patches.rows);
// Eigenvalues rise: the axes of most variance are the last ones.
const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
const last = Array.from({ length: CHANNELS }, (_, i) => eigenvectorMatrix.columns - 1 - i);
const axes = eigenvectorMatrix.subMatrixColumn(last);
const places = patches.mmul(axes);

// [count, 4, 8, 8] from rows of places.
const latents = Float32Array.from({ length: places.rows * CHANNELS }, (_, i) => {
  const [n, channel, place] = [
    Math.floor(i / (CHANNELS * SIDE ** 2)),
    Math.floor(i / SIDE ** 2) % CHANNELS,
    i % SIDE ** 2,
  ];
  return places.get(n * SIDE ** 2 + place, channel);
});
writeFileSync(
  "latents.safetensors",
  writeSafetensors({
    latents: { shape: [count, CHANNELS, SIDE, SIDE], data: latents, format: "F16" },
    labels: { shape: [count], data: colours.map((colour) => names.indexOf(colour)), format: "U8" },
  }),
);
writeFileSync("backgrounds.txt", `${names.join("\n")}\n`);
writeFileSync(
  "decoder.safetensors",
  writeSafetensors({
    "layers.0.weight": { shape: [axes.rows, CHANNELS], data: Float32Array.from(axes.to1DArray()), format: "F32" },
    "layers.0.bias": { shape: [axes.rows], data: Float32Array.from(mean), format: "F32" },
  }),
);

const kept = last.reduce((sum, i) => sum + (realEigenvalues[i] ?? 0), 0) / covariance.trace();
console.log(
  `${count} latents of ${CHANNELS} x ${SIDE} x ${SIDE} with ${names.length} classes; they keep ${(100 * kept).toFixed(1)} % of the variance`,
);
