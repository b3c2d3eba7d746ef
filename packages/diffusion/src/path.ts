import { Tensor } from "@isoflop/tensor";
import { type Arithmetic, numbers, tensors } from "./arithmetic.js";
import { checkOperand, checkOptions, checkUnit } from "./checks.js";
import { DiffusionError, shown } from "./errors.js";

/** x_t = alpha · x + sigma · noise, and the derivatives of both by t. */
export interface Coefficients<T> {
  readonly alpha: T | number;
  readonly sigma: T | number;
  readonly alphaDot: T | number;
  readonly sigmaDot: T | number;
  /** sigma · sigmaDot, named where sigmaDot is infinite at t = 0: the product stays finite there. */
  readonly sigmaSigmaDot?: T | number;
}

/** How data becomes noise: t = 0 is data, t = 1 is noise. */
export interface Path {
  readonly name: string;
  /** In float64. @throws DiffusionError("option") unless t is in 0..1 */
  at(t: number): Coefficients<number>;
  /** In f32, of a tensor of times in 0..1. */
  at(t: Tensor): Coefficients<Tensor>;
}

/** A path from one formula, for numbers and tensors alike. Near t = 1 it keeps its digits if it is written in 1 - t, which f32 computes exactly. */
export const definePath = (name: string, formula: <T>(m: Arithmetic<T>, t: T) => Coefficients<T>): Path => ({
  name,
  at: ((t: number | Tensor) => {
    if (t instanceof Tensor) return formula(tensors, t);
    checkUnit(`${name} path: t`, t);
    return formula(numbers, t);
  }) as Path["at"],
});

/** Rectified flow: (1 - t) x + t noise (arXiv 2209.03003). */
export const linearPath = (): Path =>
  definePath("linear", (m, t) => ({ alpha: m.sub(1, t), sigma: t, alphaDot: -1, sigmaDot: 1 }));

/** Variance-preserving with cos and sin of π t / 2: SiT's "GVP". */
export const cosinePath = (): Path =>
  definePath("cosine", (m, t) => {
    // The cosine as a sine of what is left, so that it has all its digits near noise and is 0 there.
    const alpha = m.sin(m.mul(m.sub(1, t), Math.PI / 2));
    const sigma = m.sin(m.mul(t, Math.PI / 2));
    return { alpha, sigma, alphaDot: m.mul(sigma, -Math.PI / 2), sigmaDot: m.mul(alpha, Math.PI / 2) };
  });

/**
 * Variance-preserving with a linear rate β from `betaMin` to `betaMax` (arXiv 2011.13456, equation 33). At t = 0 sigma
 * is 0 and its derivative infinite.
 *
 * @throws DiffusionError("option") unless 0 < betaMin <= betaMax
 */
export const vpPath = (options: { readonly betaMin?: number; readonly betaMax?: number } = {}): Path => {
  checkOptions("vpPath", options, ["betaMin", "betaMax"]);
  const { betaMin = 0.1, betaMax = 20 } = options;
  if (!(betaMin > 0 && betaMax >= betaMin && Number.isFinite(betaMax)))
    throw new DiffusionError("option", `vpPath: betas are ${betaMin} and ${betaMax}; it takes 0 < betaMin <= betaMax.`);
  return definePath("vp", (m, t) => {
    const beta = m.add(m.mul(t, betaMax - betaMin), betaMin);
    // -log alpha. By its tanh, 1 - alpha² keeps its digits where alpha is near 1.
    const decay = m.mul(t, m.add(m.mul(t, (betaMax - betaMin) / 4), betaMin / 2));
    const h = m.tanh(decay);
    const alpha = m.exp(m.mul(decay, -1));
    const sigma = m.sqrt(m.div(m.mul(h, 2), m.add(h, 1)));
    const halfRate = m.mul(beta, 0.5);
    const sigmaSigmaDot = m.mul(m.mul(alpha, alpha), halfRate);
    return {
      ...{ alpha, sigma, alphaDot: m.mul(m.mul(alpha, halfRate), -1) },
      ...{ sigmaDot: m.div(sigmaSigmaDot, sigma), sigmaSigmaDot },
    };
  });
};

/** t [n] as [n, 1, ...] beside a batch x [n, ...], so that one number per sample multiplies the whole sample. */
export const besideBatch = (t: Tensor, x: Tensor): Tensor => {
  checkOperand("t", t);
  if (t.rank === 1 && t.shape[0] === x.shape[0]) return t.reshape([t.shape[0]!, ...x.shape.slice(1).map(() => 1)]);
  throw new DiffusionError(
    "shape",
    `t is ${shown(t.shape)}; x ${shown(x.shape)} takes one time per sample, [${x.shape[0] ?? 1}].`,
  );
};

/** alpha x + sigma noise. */
export const mixed = ({ alpha, sigma }: Coefficients<Tensor>, x: Tensor, noise: Tensor): Tensor =>
  tensors.add(tensors.mul(x, alpha), tensors.mul(noise, sigma));

/**
 * Noisy samples x_t [n, ...] of data and noise [n, ...] at times t [n].
 * @throws DiffusionError("shape")
 */
export const interpolate = (path: Path, x: Tensor, noise: Tensor, t: Tensor): Tensor => {
  checkOperand("x", x);
  checkOperand("noise", noise, x);
  return mixed(path.at(besideBatch(t, x)), x, noise);
};
