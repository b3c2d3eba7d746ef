import type { Tensor } from "@isoflop/tensor";
import { type Path, type Prediction, tensors } from "../src/index.js";

/** Data of one Gaussian number: everything about its diffusion is known in closed form. */
export const [centre, spread] = [1.5, 0.5];

/** The best prediction: what data and noise are on average, given x_t. */
export const best =
  (path: Path, prediction: Prediction) =>
  (xt: Tensor, t: Tensor): Tensor => {
    const { add, sub, mul, div } = tensors;
    const c = path.at(t.reshape([t.shape[0]!, ...xt.shape.slice(1).map(() => 1)]));
    const variance = add(mul(mul(c.alpha, c.alpha), spread ** 2), mul(c.sigma, c.sigma));
    const surprise = div(sub(xt, mul(c.alpha, centre)), variance);
    const data = add(mul(mul(surprise, c.alpha), spread ** 2), centre);
    const noise = mul(surprise, c.sigma);
    switch (prediction) {
      case "velocity":
        // sigma · sigma' where that alone is finite at data.
        return add(mul(data, c.alphaDot), mul(surprise, c.sigmaSigmaDot ?? mul(c.sigma, c.sigmaDot)));
      case "v":
        return sub(mul(noise, c.alpha), mul(data, c.sigma));
      case "score":
        return mul(surprise, -1);
      case "F": {
        const scaled = mul(c.alpha, 0.5);
        const deviation = tensors.sqrt(add(mul(scaled, scaled), mul(c.sigma, c.sigma)));
        return div(sub(mul(mul(data, c.sigma), 2), mul(noise, scaled)), deviation);
      }
      default:
        return prediction === "data" ? data : noise;
    }
  };

/** -log of a normal density, summed over numbers. */
export const normalNats = (values: readonly number[], mean: number, deviation: number): number =>
  values.reduce((sum, x) => sum + ((x - mean) / deviation) ** 2 / 2 + Math.log(2 * Math.PI * deviation ** 2) / 2, 0);
/** Where the probability flow of a Gaussian takes a start from time a to b: it keeps the quantile. */
export const exact = (path: Path, x: number, a: number, b: number): number => {
  const [from, to] = [path.at(a), path.at(b)];
  const width = (c: typeof from) => Math.hypot(c.alpha * spread, c.sigma);
  return to.alpha * centre + (width(to) / width(from)) * (x - from.alpha * centre);
};
