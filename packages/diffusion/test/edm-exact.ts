import type { Path } from "../src/index.js";

/** The weights of the fixtures' one-line network, as numbers. */
export type ToyNumbers = Readonly<Record<"w1" | "b1" | "u" | "w2" | "b2", ArrayLike<number>>>;

/** A path's coefficients at a time. */
type At = Readonly<Record<"alpha" | "sigma" | "alphaDot" | "sigmaDot", number>>;

const channels = 4;

/** EDM's network as data, D(x; σ) in float64 (EDM, arXiv 2206.00364, table 1), of one pixel's channels, the deviation of data being 1/2. */
const dataOf = ({ w1, b1, u, w2, b2 }: ToyNumbers, x: readonly number[], sigma: number): number[] => {
  const deviation = Math.hypot(sigma, 0.5);
  const time = Math.log(sigma) / 4;
  const hidden = Array.from(b1, (bias, j) =>
    Math.tanh(x.reduce((sum, value, c) => sum + (w1[j * channels + c]! * value) / deviation, bias + u[j]! * time)),
  );
  return x.map((value, c) => {
    const said = hidden.reduce((sum, h, j) => sum + w2[c * hidden.length + j]! * h, b2[c]!);
    return (0.25 / deviation ** 2) * value + ((sigma * 0.5) / deviation) * said;
  });
};

/** Where Euler's or Heun's method takes noise [n, 4, h, w] along falling times, in float64 throughout; the last step is Euler's. */
export const exactSample = (
  toy: ToyNumbers,
  noise: ArrayLike<number>,
  pixels: number,
  path: Path,
  times: readonly number[],
  order: 1 | 2,
): number[] => {
  const at = (t: number) => path.at(t) as unknown as At;
  const velocity = (x: readonly number[], { alpha, sigma, alphaDot, sigmaDot }: At): number[] => {
    const data = dataOf(
      toy,
      x.map((value) => value / alpha),
      sigma / alpha,
    );
    return x.map((value, c) => alphaDot * data[c]! + (sigmaDot * (value - alpha * data[c]!)) / sigma);
  };
  const walk = (start: readonly number[]): number[] => {
    let x = start.map((value) => value * at(times[0]!).sigma);
    for (const [i, t] of times.slice(0, -1).entries()) {
      const h = times[i + 1]! - t;
      const first = velocity(x, at(t));
      const ahead = x.map((value, c) => value + h * first[c]!);
      const second = order === 1 || i === times.length - 2 ? first : velocity(ahead, at(times[i + 1]!));
      x = x.map((value, c) => value + (h / 2) * (first[c]! + second[c]!));
    }
    return x;
  };
  const out = new Array<number>(noise.length);
  const images = noise.length / (channels * pixels);
  for (let n = 0; n < images; n++)
    for (let pixel = 0; pixel < pixels; pixel++) {
      const index = (c: number) => (n * channels + c) * pixels + pixel;
      const found = walk(Array.from({ length: channels }, (_, c) => noise[index(c)]!));
      for (const [c, value] of found.entries()) out[index(c)] = value;
    }
  return out;
};
