import { Tensor } from "@isoflop/tensor";
import { type Arithmetic, numbers, tensors } from "./arithmetic.js";
import { DiffusionError } from "./errors.js";

/** x_t = alpha · x + sigma · noise, and the derivatives of both by t. */
export interface Coefficients<T> {
  readonly alpha: T | number;
  readonly sigma: T | number;
  readonly alphaDot: T | number;
  readonly sigmaDot: T | number;
}

/** How data becomes noise: t = 0 is data, t = 1 is noise. */
export interface Path {
  readonly name: string;
  at(t: number): Coefficients<number>;
  at(t: Tensor): Coefficients<Tensor>;
}

/** A path from one formula, for numbers and tensors alike. */
export const definePath = (name: string, formula: <T>(m: Arithmetic<T>, t: T) => Coefficients<T>): Path => ({
  name,
  at: ((t: number | Tensor) => (t instanceof Tensor ? formula(tensors, t) : formula(numbers, t))) as Path["at"],
});

/** Rectified flow: (1 - t) x + t noise (arXiv 2209.03003). */
export const linearPath = (): Path =>
  definePath("linear", (m, t) => ({ alpha: m.sub(1, t), sigma: t, alphaDot: -1, sigmaDot: 1 }));

/** Variance-preserving with cos and sin of π t / 2: SiT's "GVP". */
export const cosinePath = (): Path =>
  definePath("cosine", (m, t) => {
    const angle = m.mul(t, Math.PI / 2);
    const [alpha, sigma] = [m.cos(angle), m.sin(angle)];
    return { alpha, sigma, alphaDot: m.mul(sigma, -Math.PI / 2), sigmaDot: m.mul(alpha, Math.PI / 2) };
  });

/**
 * Variance-preserving with a linear rate β from `betaMin` to `betaMax` (arXiv 2011.13456, equation 33). At t = 0 sigma
 * is 0 and its derivative infinite.
 *
 * @throws DiffusionError("option") unless 0 < betaMin <= betaMax
 */
export const vpPath = ({ betaMin = 0.1, betaMax = 20 } = {}): Path => {
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
    return {
      ...{ alpha, sigma, alphaDot: m.mul(m.mul(alpha, halfRate), -1) },
      sigmaDot: m.div(m.mul(m.mul(alpha, alpha), halfRate), sigma),
    };
  });
};

/** t [n] as [n, 1, ...] beside a batch x [n, ...], so that one number per sample multiplies the whole sample. */
export const besideBatch = (t: Tensor, x: Tensor): Tensor => {
  if (t.rank === 1 && t.shape[0] === x.shape[0]) return t.reshape([t.shape[0]!, ...x.shape.slice(1).map(() => 1)]);
  throw new DiffusionError(
    "shape",
    `t is [${t.shape.join(", ")}]; x [${x.shape.join(", ")}] takes one time per sample, [${x.shape[0] ?? 1}].`,
  );
};

/**
 * Noisy samples x_t [n, ...] of data and noise [n, ...] at times t [n].
 * @throws DiffusionError("shape")
 */
export const interpolate = (path: Path, x: Tensor, noise: Tensor, t: Tensor): Tensor => {
  const { alpha, sigma } = path.at(besideBatch(t, x));
  return tensors.add(tensors.mul(x, alpha), tensors.mul(noise, sigma));
};
