import { estimate } from "../../inference/estimate.js";
import { apply, dot, leastSquares, quadraticForm } from "../../math/linear.js";
import { fitParabola } from "../parabola.js";
import { bare, type OptimumMethod } from "./method.js";
import { few, outside } from "./within.js";

/** One more than the coefficients, so that there is an error bar. */
const MINIMUM_CUBIC_SIZES = 5;

const powers = (u: number): number[] => [1, u, u * u, u ** 3];
const valueAt = ([c0, c1, c2, c3]: readonly number[], u: number): number => c0! + u * (c1! + u * (c2! + u * c3!));

/**
 * A parabola with a cubic term in ln N, y = c₀ + c₁u + c₂u² + c₃u³, u from the middle of the sizes: the next order of the expansion that
 * Approach 2 cuts off, whose term is in proportion to β − α. The minimum is the root of the derivative where the curve bends up; errors
 * by the delta method, −j u^(j−1) / y″ for the j-th coefficient.
 */
export const cubic: OptimumMethod = {
  name: "cubic",
  noun: "cubic",
  words: "the fitted cubics",
  minimumSizes: MINIMUM_CUBIC_SIZES,
  find(curve, options) {
    const { x, y, weights } = curve;
    const centre = x.reduce((s, v) => s + v, 0) / x.length;
    const design = x.map((v) => powers(v - centre));
    const fit = leastSquares(design, y, weights);
    const beside = fitParabola(x, y, { sigma: curve.sigma, weights });
    if (!fit || !beside) return { problem: few, ...(beside && { parabola: beside }) };
    const c = fit.coefficients;
    const fitted = [centre, ...c];
    const [, c1, c2, c3] = c as [number, number, number, number];
    const discriminant = c2 * c2 - 3 * c1 * c3;
    // (−c₂ + √…)/3c₃ without its cancellation where c₃ is small; there y″ = 2√… is positive.
    const root = Math.sqrt(discriminant);
    const u = c2 >= 0 ? -c1 / (c2 + root) : (root - c2) / (3 * c3);
    if (!(discriminant > 0) || !Number.isFinite(u)) {
      const message = `the cubic through the loss has no minimum in ln ${options.axis}`;
      return { problem: { status: "not-convex", message }, parabola: beside, fitted };
    }
    const bend = 2 * root;
    const xGradient = [0, -1 / bend, (-2 * u) / bend, (-3 * u * u) / bend];
    const yGradient = powers(u);
    const dof = fit.degreesOfFreedom;
    const variance = dof > 0 ? fit.rss / dof : Number.NaN;
    const at = (value: number, gradient: readonly number[]) =>
      dof > 0
        ? estimate(value, Math.sqrt(variance * quadraticForm(fit.unscaledCovariance, gradient)), dof)
        : bare(value);
    const respond = (gradient: readonly number[]) => {
      const m = apply(fit.unscaledCovariance, gradient);
      return design.map((row, i) => (weights?.[i] ?? 1) * dot(row, m));
    };
    return {
      x: at(centre + u, xGradient),
      y: at(valueAt(c, u), yGradient),
      problem: outside(centre + u, curve, options),
      parabola: beside,
      fitted,
      response: () => ({ x: respond(xGradient), y: respond(yGradient) }),
    };
  },
  value: ([centre, ...c], x) => valueAt(c, x - centre!),
};
