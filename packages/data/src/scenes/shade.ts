/** Points of the quadrature: enough for 13 digits of a Gaussian cut where it is e^-40 of its largest. */
const POINTS = 40;
/** How far the exponent falls until the rest counts for nothing. */
const FALL = 40;

/** Nodes and weights of Gauss and Legendre on [-1, 1], by Newton's method from Chebyshev's nodes. */
const gaussLegendre = (n: number) => {
  const [nodes, weights] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let turn = 0; turn < 100; turn++) {
      let [before, here] = [1, x];
      for (let k = 2; k <= n; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k - 1) * before) / k];
      slope = (n * (before - x * here)) / (1 - x * x);
      const step = here / slope;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
};

const { nodes, weights } = gaussLegendre(POINTS);

/** The largest value of β u − γ u² / 2 on [-1, 1]. @param curvature γ, at least 0 */
export const peakOf = (slope: number, curvature: number): number => {
  const u = modeOf(slope, curvature);
  return (slope - (curvature * u) / 2) * u;
};

const modeOf = (slope: number, curvature: number): number =>
  Math.abs(slope) < curvature ? slope / curvature : Math.sign(slope);

/** A mass, and the mean under it. */
export interface CutNormal {
  /** Logarithm of the mean of exp(β u − γ u² / 2) over u in [-1, 1]. */
  logMass: number;
  /** Mean of u under that density. */
  mean: number;
}

/**
 * A normal density cut to [-1, 1], exp(β u − γ u² / 2), to 13 digits at any β and γ ≥ 0: where differences of error functions lose theirs, for
 * hardly any curvature or far in a tail, this does not. Gauss–Legendre quadrature about its largest value.
 */
export const cutNormal = (slope: number, curvature: number, out: CutNormal): void => {
  const mode = modeOf(slope, curvature);
  // Away from the mode the exponent falls by d δ + γ δ² / 2, d being its slope where the mode is an end.
  const inward = Math.abs(slope - curvature * mode);
  const reach = (2 * FALL) / (inward + Math.sqrt(inward * inward + 2 * FALL * curvature));
  const [low, high] = [Math.max(-1, mode - reach), Math.min(1, mode + reach)];
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  let [mass, first] = [0, 0];
  for (let i = 0; i < POINTS; i++) {
    const off = middle + half * nodes[i]! - mode;
    const value = weights[i]! * Math.exp(off * (slope - curvature * (mode + off / 2)));
    mass += value;
    first += value * off;
  }
  out.logMass = (slope - (curvature * mode) / 2) * mode + Math.log((mass * half) / 2);
  out.mean = mode + first / mass;
};
