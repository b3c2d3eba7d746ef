/** The learning rate over a run, in shares of its length, so that one schedule serves runs of every length. */
export interface Schedule {
  /** Share of the steps over which the rate rises linearly from near 0 to its peak. */
  readonly warmup: number;
  /** How the rate falls after its plateau. */
  readonly shape: "constant" | "linear" | "cosine";
  /** Share of the steps, at the end, over which it falls to 0. Nothing to `constant`. */
  readonly decay: number;
}

/**
 * What the peak rate is multiplied by at a step (counted from 0): warm-up, plateau, decay (Hägele et al.,
 * arXiv 2405.18392, for the plateau with a linear end). The first step is above 0 and the last one too, so none is wasted.
 */
export const scheduleFactor = ({ warmup, shape, decay }: Schedule, step: number, steps: number): number => {
  const rising = Math.round(warmup * steps);
  const rise = step < rising ? (step + 1) / (rising + 1) : 1;
  if (shape === "constant") return rise;
  const falling = Math.round(decay * steps);
  const left = steps - step;
  if (left > falling) return rise;
  const share = left / (falling + 1);
  return rise * (shape === "linear" ? share : (1 - Math.cos(Math.PI * share)) / 2);
};
