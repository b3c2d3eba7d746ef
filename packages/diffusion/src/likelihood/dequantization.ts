import { positive, record } from "@isoflop/spec";
import { add, full, mul, random, square, sum, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { tensors } from "../arithmetic.js";
import { check, checkPath } from "../checks.js";
import { must } from "../errors.js";
import { checkedLevels, type Levels, levelOptions, spacingOf } from "../levels.js";
import { normalQuantile } from "../normal-quantile.js";
import type { Path } from "../path.js";

/** What a number of nats, or of bits, is of: a code that gives x back exactly, or a density, which has no such meaning and may be below 0. */
export type Of = "code length" | "density";

/**
 * How data of levels become continuous, as densities are of continuous numbers: by y ~ q(y | x), of which x can be told. Then -log P(x) <=
 * E[log q(y | x) - log p(y)] for the probability P that the density p gives x's own share of all y (Theis et al., arXiv 1511.01844).
 */
export interface Dequantization {
  readonly name: string;
  readonly of: Of;
  /** What data must be. Absent where they are taken as they are. */
  readonly levels?: Levels;
  /** The time of the path at which y is a sample, and solves begin. Absent: that of data. */
  readonly time?: number;
  /** y of x's shape [n, ...], and log q(y | x) of each sample [n], in nats: tensors of a graph. */
  draw(x: Tensor, key: random.Key): { readonly x: Tensor; readonly logDensity: Tensor };
}

const dimensionsOf = (x: Tensor): number => x.size / x.shape[0]!;

/** Continuous data and latents as they are: the number is one of a density, in units of x. */
export const noDequantization = (): Dequantization => ({
  name: "none",
  of: "density",
  draw: (x) => ({ x, logDensity: full([x.shape[0]!], 0) }),
});

/**
 * Uniform on the share of each level, from half a level below it to half a level above it: a network that was trained on the levels themselves sees
 * no noise of the kind at data.
 * @throws DiffusionError("option") for fewer than 2 levels, or a range that does not rise
 */
export const uniformDequantization = (options: Partial<Levels> = {}): Dequantization => {
  const levels = checkedLevels("uniformDequantization", options);
  const width = spacingOf(levels);
  return {
    name: `uniform, ${levels.levels} levels`,
    of: "code length",
    levels,
    draw: (x, key) => ({
      x: add(x, mul(add(random.uniform(key, x.shape), -0.5 + 2 ** -25), width)),
      logDensity: full([x.shape[0]!], -dimensionsOf(x) * Math.log(width)),
    }),
  };
};

/** The share of a standard normal within `deviations` of 0: 2 φ(z) Σ z^(2k+1) / (2k+1)!!. */
const shareWithin = (deviations: number): number => {
  let [term, total] = [deviations, deviations];
  for (let k = 1; term > total * 1e-17; k++) {
    term *= deviations ** 2 / (2 * k + 1);
    total += term;
  }
  return Math.min(1, (2 * total * Math.exp(-(deviations ** 2) / 2)) / Math.sqrt(2 * Math.PI));
};

/**
 * The path's own noise, alpha x + sigma u, at the time at which `deviations` of it are half a level, with u a normal cut there (i-DODE, arXiv 2305.03935,
 * section 4.2): what the network saw in training, so that nothing has to be trained. Solves begin at that time. It suits a network that tells levels
 * apart; of one whose density is flat over a level it costs 0.54 bits a number more than {@link uniformDequantization}.
 * @throws DiffusionError("option") for levels that are none, or where the path has more noise than that at data, as VE has
 */
export const truncatedNormalDequantization = (
  path: Path,
  options: Partial<Levels> & { readonly deviations?: number } = {},
): Dequantization => {
  checkPath("truncatedNormalDequantization", path);
  const { deviations, ...rest } = check(truncated, options, "truncatedNormalDequantization");
  const levels = checkedLevels("truncatedNormalDequantization", rest);
  const ratio = spacingOf(levels) / 2 / deviations;
  const time = path.timeAt(ratio);
  const [alpha, sigma] = [path.at(time).alpha as number, path.at(time).sigma as number];
  must(
    Math.abs(sigma / alpha / ratio - 1) < 1e-6,
    "option",
    `truncatedNormalDequantization: half a level is ${deviations} deviations where noise to signal is ${ratio.toPrecision(3)}; the ${path.name} path begins at ${(sigma / alpha).toPrecision(3)}. It takes fewer deviations, fewer levels, or uniformDequantization().`,
  );
  const share = shareWithin(deviations);
  const constant = -Math.log(2 * Math.PI) / 2 - Math.log(share * sigma);
  return {
    name: `normal within ${deviations} deviations, ${levels.levels} levels`,
    of: "code length",
    levels,
    time,
    draw(x, key) {
      const u = normalQuantile(tensors, add(mul(add(random.uniform(key, x.shape), -0.5 + 2 ** -25), share), 0.5));
      const rest = x.shape.slice(1).map((_, axis) => axis + 1);
      const squares = rest.length === 0 ? square(u) : (sum(square(u), rest) as Tensor);
      return {
        x: add(mul(x, alpha), mul(u, sigma)),
        logDensity: add(mul(squares, -0.5), constant * dimensionsOf(x)),
      };
    },
  };
};

const truncated = record({ ...levelOptions, deviations: v.optional(positive, 3) });
