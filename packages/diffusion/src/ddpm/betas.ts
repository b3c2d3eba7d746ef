import { must } from "../errors.js";

/** Schedules of betas by the names of DDPM's code: "cosine" is its `squaredcos_cap_v2`. */
export const schedules = ["linear", "cosine"] as const;
export type Schedule = (typeof schedules)[number];

/** No step of the cosine schedule takes away more than this share of the variance. */
const MOST_BETA = 0.999;

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** 1e-4 to 0.02 over 1000 steps (Ho et al., arXiv 2006.11239, section 4), the same noise at the end over any other number of them. */
const linearBetas = (steps: number): readonly number[] => {
  const scale = 1000 / steps;
  const [first, last] = [scale * 1e-4, scale * 0.02];
  must(
    last < 1,
    "option",
    `discrete.steps is ${steps}; linear betas of fewer than 21 steps reach 1. It takes more steps, or schedule "cosine".`,
  );
  return range(steps).map((i) => first + (i * (last - first)) / (steps - 1));
};

/** What is left of the variance falls as a squared cosine (Nichol and Dhariwal, arXiv 2102.09672, equation 17). */
const cosineBetas = (steps: number): readonly number[] => {
  const left = (t: number): number => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  return range(steps).map((i) => Math.min(1 - left((i + 1) / steps) / left(i / steps), MOST_BETA));
};

/** The betas of a schedule, [steps]. @throws DiffusionError("option") for linear ones of fewer than 21 steps */
export const betasOf = (schedule: Schedule, steps: number): readonly number[] =>
  schedule === "linear" ? linearBetas(steps) : cosineBetas(steps);

/**
 * The same process with no signal left at its end, as sampling that starts from noise takes for granted: alphas are moved and scaled so that the
 * first stays and the last is 0 (Lin et al., arXiv 2305.08891, algorithm 1). The last beta is 1.
 */
export const withZeroTerminalSnr = (betas: readonly number[]): readonly number[] => {
  let product = 1;
  const alphas = betas.map((beta) => {
    product *= 1 - beta;
    return Math.sqrt(product);
  });
  const last = alphas.at(-1)!;
  return betas.map((beta, i) => {
    if (i === 0) return beta;
    const [before, after] = [alphas[i - 1]! - last, alphas[i]! - last];
    // before² - after² over before², where before - after = alpha · beta / (1 + √(1 - beta)) keeps its digits.
    const fall = (alphas[i - 1]! * beta) / (1 + Math.sqrt(1 - beta));
    return after === 0 ? 1 : (fall * (before + after)) / before ** 2;
  });
};
