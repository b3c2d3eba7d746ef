import { type DataSource, dataSource, keyOf, Stream, Vocabulary } from "@isoflop/data";
import { convert, type Objective, objectiveOn } from "@isoflop/diffusion";
import { type Device, equal, matmul, select, square, Tensor } from "@isoflop/tensor";
import type { Network } from "../src/network.js";

/** Values of an image, `[1, 4, 4]`. */
const VALUES = 16;

/** Sylvester's Hadamard matrix of order 16 over 4, its own inverse. */
export const directions = Float64Array.from({ length: VALUES * VALUES }, (_, at) => {
  let common = Math.floor(at / VALUES) & (at % VALUES);
  let sign = 1 / 4;
  for (; common > 0; common &= common - 1) sign = -sign;
  return sign;
});

/** Variances along the directions, from 4 to 0.0001, two of them 0. */
export const variances = Float64Array.from({ length: VALUES }, (_, k) =>
  k < 2 ? 0 : 4 * 10 ** (-4.6 * ((k - 2) / 13)),
);

/** Mean of all values of images with a caption's word. */
export const meanOf = (word: number): number => (word === 1 ? 0.5 : -0.5);

/** Directions, a symmetric matrix that is its own inverse, and the variances along them. */
export interface Shape {
  readonly directions: Float64Array;
  readonly variances: Float64Array;
}

const usual: Shape = { directions, variances };

/** Values that vary independently of each other: their own directions. Within -1 to 1 but for one in a million. */
export const independent: Shape = {
  directions: Float64Array.from({ length: VALUES * VALUES }, (_, at) => (at % (VALUES + 1) === 0 ? 1 : 0)),
  variances: Float64Array.from({ length: VALUES }, (_, k) => 0.01 * 10 ** (-2 * (k / 15))),
};

/** H x. */
const turnedBy =
  ({ directions }: Shape) =>
  (x: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: VALUES }, (_, row) => {
      let sum = 0;
      for (let k = 0; k < VALUES; k++) sum += directions[row * VALUES + k]! * x[k]!;
      return sum;
    });

/** Nats that an image of a caption's word takes up. */
export const nats = (image: ArrayLike<number>, word: number, shape: Shape): number => {
  const along = turnedBy(shape)(Float64Array.from(image, (value) => value - meanOf(word)));
  return along.reduce((sum, value, k) => {
    const variance = shape.variances[k]!;
    return sum + value ** 2 / (2 * variance) + Math.log(2 * Math.PI * variance) / 2;
  }, 0);
};

export interface Formula {
  readonly turn: Tensor;
  readonly along: Tensor;
}

/** The best network of linear-Gaussian data, a formula in tensors. */
export const bestNetwork = (
  aim: Objective,
  device: Device,
  { directions, variances }: Shape = usual,
): Network<Formula> => ({
  init: () => ({
    turn: device.tensor(Float32Array.from(directions), [VALUES, VALUES]),
    along: device.tensor(Float32Array.from(variances)),
  }),
  apply({ turn, along }, x, t, captions) {
    const { path, prediction } = objectiveOn(aim, device);
    const n = x.shape[0]!;
    const coefficients = path.at(t.reshape([n, 1]));
    const tensor = (value: Tensor | number) => (value instanceof Tensor ? value : t.reshape([n, 1]).mul(0).add(value));
    const [alpha, sigma] = [tensor(coefficients.alpha), tensor(coefficients.sigma)];
    const mean = select(equal(captions as Tensor, 1), meanOf(1), meanOf(2));
    const seen = matmul(x.reshape([n, VALUES]).sub(alpha.mul(mean)), turn);
    const spread = square(alpha).mul(along).add(square(sigma));
    const data = matmul(seen.mul(alpha.mul(along).div(spread)), turn)
      .add(mean)
      .reshape(x.shape);
    if (prediction !== "velocity")
      return convert(path, { from: "data", to: prediction }, data, x, t.reshape([n, 1, 1, 1]));
    // The noise by itself, which at t = 0 does not follow from data and x.
    const noise = matmul(seen.mul(sigma.div(spread)), turn).reshape(x.shape);
    const [rising, falling] = [tensor(coefficients.sigmaDot), tensor(coefficients.alphaDot)];
    return noise.mul(rising.reshape([n, 1, 1, 1])).add(data.mul(falling.reshape([n, 1, 1, 1])));
  },
});

/** How much of what is seen above the mean, along each direction, is the image: alpha λ / (alpha² λ + sigma²). */
export const gain = (variance: number, alpha: number, sigma: number): number =>
  (alpha * variance) / (alpha * alpha * variance + sigma * sigma);

/**
 * Images m(word) + H √λ z with normal z: E[x | x_t, word] = m + H diag(gain) H (x_t − alpha m), and the expected squared error of it along a
 * direction is λ sigma² / (alpha² λ + sigma²).
 */
export const linearGaussian = (shape: Shape = usual): DataSource => {
  const { variances } = shape;
  const turned = turnedBy(shape);
  const stream = new Stream(keyOf(7, "linear-gaussian"));
  const draw = (index: number) => {
    stream.seek(index);
    const word = 1 + stream.below(2);
    const along = variances.map(
      (variance) =>
        Math.sqrt(-2 * variance * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform()),
    );
    return { word, image: turned(along).map((value) => value + meanOf(word)) };
  };
  return dataSource({
    ...{ name: "linear-gaussian", shape: [1, 4, 4], vocabulary: new Vocabulary(["high", "low"]), captionLength: 1 },
    provenance: { name: "formula", package: null, licence: "MIT", files: [], renderer: "formula", pixelsSha256: null },
    splits: {
      train: { images: null, seed: 0, what: "drawn" },
      validation: { images: null, seed: 0, what: "drawn" },
    },
    settings: { variances: Array.from(variances) },
    write(_, index, { images, captions }, at) {
      const { word, image } = draw(index);
      images.set(image, at * VALUES);
      captions[at] = word;
    },
    caption: (_, index) => ["high", "low"][draw(index).word - 1]!,
    posterior: () => ({
      mean({ caption, noisy, alpha, sigma }, out) {
        const mean = meanOf(caption[0]!);
        const seen = turned(Float64Array.from(noisy, (value) => value - alpha * mean));
        out.set(turned(seen.map((value, k) => gain(variances[k]!, alpha, sigma) * value)));
        for (let v = 0; v < VALUES; v++) out[v]! += mean;
      },
    }),
  });
};
