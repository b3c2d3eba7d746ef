/** Below this, φ and its slope are their series. */
const SMALL = 1e-2;

/**
 * The walls of an isoFLOP curve: b(d) = κ d² φ(s d) with φ(x) = 2 (e^x − 1 − x)/x² = 1 + x/3 + x²/12 + …, which is κ d² + (κ s/3) d³ to the third
 * order. A cubic turns over beside its minimum and falls for ever; this is convex at every skew, so d = 0 is the one optimum there is.
 * (As a loss function it is Varian's "linex", 1975.)
 */
export const basin = (
  d: number,
  kappa: number,
  skew: number,
): { /** b */ readonly height: number /** ∂b/∂d */; readonly slope: number /** ∂b/∂skew */; readonly tilt: number } => {
  const x = skew * d;
  const small = Math.abs(x) < SMALL;
  const phi = small ? 1 + x * (1 / 3 + x * (1 / 12 + x * (1 / 60 + x / 360))) : (2 * (Math.expm1(x) - x)) / (x * x);
  const phiSlope = small
    ? 1 / 3 + x * (1 / 6 + x * (1 / 20 + x * (1 / 90 + x / 504)))
    : (2 * ((x - 2) * Math.expm1(x) + 2 * x)) / (x * x * x);
  const rise = small ? 1 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x / 120))) : Math.expm1(x) / x;
  const square = kappa * d * d;
  return { height: square * phi, slope: 2 * kappa * d * rise, tilt: square * d * phiSlope };
};
