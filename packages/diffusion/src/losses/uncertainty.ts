import { record, whole } from "@isoflop/spec";
import { add, cos, exp, matmul, mul, neg, random, type Tensor, zeros } from "@isoflop/tensor";
import * as v from "valibot";
import { check, checkTensor } from "../checks.js";
import { bracketed, must } from "../errors.js";

/** Weights of {@link logVariance}: a row of as many as it has features. */
export interface LogVarianceParams {
  readonly weight: Tensor;
}

/** u, the logarithm of how large the loss is at each noise level, as a network is trained. */
export interface LogVariance {
  /** Zeros: all levels weigh alike until it has learnt. */
  init(): LogVarianceParams;
  /** u [n] of log(σ / alpha) [n]. @throws DiffusionError("shape") for what is no f32 [n] */
  apply(params: LogVarianceParams, logSigma: Tensor): Tensor;
}

/** What u is made of. */
export interface Uncertainty {
  /** How many Fourier features it is a linear map of. */
  readonly features: number;
  /** Of their frequencies and phases, which are not trained. */
  readonly seed: number;
}

/** Its record, as one writes it: `{}` is EDM2's. */
export const uncertaintySchema = record({
  features: v.optional(whole({ atLeast: 1 }), 128),
  seed: v.optional(whole(), 0),
} satisfies { readonly [K in keyof Uncertainty]-?: v.GenericSchema });

/**
 * u(log σ) of Karras et al. (EDM2, arXiv 2312.02696, section 2.1 and appendix B.6): a linear map of random Fourier features
 * √2 cos(2π (f log(σ) / 4 + φ)), f normal and φ uniform, drawn from the seed and not trained.
 * @throws DiffusionError("option") unless features is a whole number of at least 1 and seed one of at least 0
 */
export const logVariance = (given: Partial<Uncertainty> = {}): LogVariance => {
  const { features, seed } = check(uncertaintySchema, given, "logVariance");
  const [f, p] = random.split(random.key(seed), 2) as [random.Key, random.Key];
  return {
    init: () => ({ weight: zeros([1, features]) }),
    apply({ weight }, logSigma) {
      checkTensor("logSigma is", logSigma);
      must(logSigma.rank === 1, "shape", `logSigma is ${bracketed(logSigma.shape)}; it takes one per sample, [n].`);
      const [n] = logSigma.shape as [number];
      const [frequencies, phases] = [random.normal(f, [features, 1]), random.uniform(p, [features, 1])];
      const angles = mul(add(matmul(frequencies, logSigma.reshape([1, n]).mul(0.25)), phases), 2 * Math.PI);
      return matmul(weight, mul(cos(angles), Math.SQRT2)).reshape([n]);
    },
  };
};

/**
 * loss / e^u + u of each sample, [n], least where e^u is the mean loss at its noise level: there every level teaches alike, and model and u are
 * trained by its mean (arXiv 2312.02696, equations 21 and 22). What is validated is the loss itself.
 * @throws DiffusionError("shape") for what is no f32 tensor
 */
export const uncertain = (losses: Tensor, u: Tensor): Tensor => {
  checkTensor("losses is", losses);
  checkTensor("u is", u);
  return add(mul(losses, exp(neg(u))), u);
};
