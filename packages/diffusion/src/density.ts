import { Tensor } from "@isoflop/tensor";
import { type Arithmetic, type Dual, dual, numbers } from "./arithmetic.js";
import { checkCount, checkFinite, checkOptions, checkPositive, checkUnit } from "./checks.js";
import { DiffusionError } from "./errors.js";
import { normalQuantile } from "./normal-quantile.js";

/** How often each time is trained at, on 0 (data) to 1 (noise). */
export interface TimestepDensity {
  readonly name: string;
  /** The t below which a share u of the draws falls, for a number in 0..1 or a tensor of such: increasing. */
  readonly quantile: Dual;
  /** Probability density at t, float64; 0 outside (0, 1). */
  pdf(t: number): number;
}

const define = (
  name: string,
  formula: <T>(m: Arithmetic<T>, u: T) => T,
  pdf: (t: number) => number,
): TimestepDensity => {
  const quantile = dual(formula);
  const checked = (u: number | Tensor): number | Tensor => {
    if (u instanceof Tensor) return quantile(u);
    checkUnit(`${name}: u`, u);
    return u === 0 || u === 1 ? u : quantile(u);
  };
  return {
    ...{ name, quantile: checked as Dual },
    pdf(t) {
      checkFinite(`${name}: t`, t);
      return t > 0 && t < 1 ? pdf(t) : 0;
    },
  };
};

export const uniform = (): TimestepDensity =>
  define(
    "uniform",
    (_, u) => u,
    () => 1,
  );

/**
 * The logistic of a normal (SD3, arXiv 2403.03206, equation 19). Mean above 0 favours noise.
 * @throws DiffusionError("option") unless std > 0
 */
export const logitNormal = (options: { readonly mean?: number; readonly std?: number } = {}): TimestepDensity => {
  checkOptions("logitNormal", options, ["mean", "std"]);
  const { mean = 0, std = 1 } = options;
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0))
    throw new DiffusionError("option", `logitNormal: mean ${mean}, std ${std}; both finite, std above 0.`);
  return define(
    `logit-normal(${mean}, ${std})`,
    (m, u) => m.div(1, m.add(1, m.exp(m.sub(-mean, m.mul(normalQuantile(m, u), std))))),
    (t) => {
      const z = (Math.log(t / (1 - t)) - mean) / std;
      return Math.exp(-(z ** 2) / 2) / (std * Math.sqrt(2 * Math.PI) * t * (1 - t));
    },
  );
};

/** Beyond these the map is no longer monotone. */
const modeScales = [-1, 2 / (Math.PI - 2)] as const;

/**
 * Heavy in the middle for scale > 0, at the ends for scale < 0 (SD3, arXiv 2403.03206, equation 20, whose map falls from 1 to 0; this is its
 * mirror, so that it rises).
 * @throws DiffusionError("option") unless -1 <= scale <= 2 / (π - 2)
 */
export const mode = (options: { readonly scale?: number } = {}): TimestepDensity => {
  checkOptions("mode", options, ["scale"]);
  const { scale = 1.29 } = options;
  const [least, most] = modeScales;
  if (!(scale >= least && scale <= most))
    throw new DiffusionError("option", `mode: scale is ${scale}; it must lie in ${least} to ${most.toFixed(4)}.`);
  const map = <T>(m: Arithmetic<T>, u: T): T => {
    const sine = m.sin(m.mul(u, Math.PI / 2));
    return m.add(u, m.mul(m.sub(u, m.mul(sine, sine)), scale));
  };
  const rise = dual(map);
  return define(`mode(${scale})`, map, (t) => {
    let [low, high] = [0, 1];
    while (high - low > 1e-15 * high) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (rise(middle) < t) low = middle;
      else high = middle;
    }
    return 1 / (1 + scale - scale * (Math.PI / 2) * Math.sin(Math.PI * low));
  });
};

/** Uniform in the angle of the cosine path, carried to the linear one by equal SNR (SD3, arXiv 2403.03206, equation 21). */
export const cosmap = (): TimestepDensity =>
  define(
    "cosmap",
    (m, u) => {
      const angle = m.mul(u, Math.PI / 2);
      const sine = m.sin(angle);
      return m.div(sine, m.add(sine, m.cos(angle)));
    },
    (t) => 2 / (Math.PI * (1 - 2 * t + 2 * t * t)),
  );

const shiftOf = <T>(m: Arithmetic<T>, t: T, by: number): T => m.div(m.mul(t, by), m.add(m.mul(t, by - 1), 1));

/** @throws DiffusionError("option") unless it is a finite number above 0; 1 changes nothing */
export const checkShift = (what: string, by: number): void => checkPositive(`${what}: shift`, by);

/**
 * S t / (1 + (S - 1) t): later times for larger images (SD3, arXiv 2403.03206, equation 23).
 * @throws DiffusionError("option") unless t is in 0..1 and by > 0
 */
export const shiftTime = (t: number, by: number): number => {
  checkUnit("shiftTime: t", t);
  checkShift("shiftTime", by);
  return shiftOf(numbers, t, by);
};

/**
 * exp μ, with μ from 0.5 at 256 image tokens to 1.15 at 4096, linear in tokens (`black-forest-labs/flux: sampling.py`).
 * @throws DiffusionError("option") unless tokens is a whole number of at least 1
 */
export const shiftForTokens = (tokens: number): number => {
  checkCount("shiftForTokens: tokens", tokens);
  return Math.exp(0.5 + ((1.15 - 0.5) * (tokens - 256)) / (4096 - 256));
};

/** The density of shifted times. @throws DiffusionError("option") unless by > 0 */
export const shifted = (density: TimestepDensity, by: number): TimestepDensity => {
  checkShift("shifted", by);
  const shift = dual((m, t) => shiftOf(m, t, by));
  return {
    name: `${density.name}, shifted by ${by}`,
    quantile: ((u: number & Tensor) => shift(density.quantile(u))) as Dual,
    pdf(t) {
      checkFinite("shifted: t", t);
      if (!(t > 0 && t < 1)) return 0;
      const stretch = by - (by - 1) * t;
      return (density.pdf(t / stretch) * by) / stretch ** 2;
    },
  };
};
