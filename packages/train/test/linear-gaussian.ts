import { type DataSource, dataSource, keyOf, Stream, Vocabulary } from "@isoflop/data";

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

/** H x. */
const turned = (x: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: VALUES }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < VALUES; k++) sum += directions[row * VALUES + k]! * x[k]!;
    return sum;
  });

/** How much of what is seen above the mean, along each direction, is the image: alpha λ / (alpha² λ + sigma²). */
export const gain = (variance: number, alpha: number, sigma: number): number =>
  (alpha * variance) / (alpha * alpha * variance + sigma * sigma);

/**
 * Images m(word) + H √λ z with normal z: E[x | x_t, word] = m + H diag(gain) H (x_t − alpha m), and the expected squared error of it along a
 * direction is λ sigma² / (alpha² λ + sigma²).
 */
export const linearGaussian = (): DataSource => {
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
    settings: {},
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
