import { estimate } from "../../inference/estimate.js";
import { apply, dot, quadraticForm } from "../../math/linear.js";
import { fitParabola, type Response } from "../parabola.js";
import { fitSlices, onLoss, sliceAt, sliceMinimum, sliceValue } from "../slice.js";
import { bare, type Curve, MINIMUM_SIZES, type OptimumMethod } from "./method.js";
import { few, outside } from "./within.js";

/**
 * The slice of a loss surface along the isoFLOP, whose α and β all budgets share while each has its own level, place and depth: no
 * assumption about how those move with compute. A parabola is its limit at small α and β, and with α = β it has no bias. In simulation
 * (`bench/optima.ts`) its interval of N_opt holds the truth where the parabola's does not; at the middle of the budgets it is two to four times
 * as wide as that of the corrected parabola, which trusts a surface.
 */
export const slice: OptimumMethod = {
  name: "slice",
  noun: "slice",
  words: "the slices of a loss surface, of which all budgets share α and β",
  minimumSizes: MINIMUM_SIZES,
  share(curves, options) {
    const fit = fitSlices(curves.map((curve) => onLoss(curve, options)));
    if (!fit) return undefined;
    const { alpha, beta, unscaledCovariance, sumOfSquares, degreesOfFreedom } = fit;
    // A change of ln y is one of y in units of y.
    const of = (curve: Curve, i: number) => (options.scale === "log" ? Math.exp(curve.y[i]!) : 1);
    return {
      values: [Math.log(alpha), Math.log(beta)],
      unscaledCovariance,
      response: fit.response.map((rows) => rows.map((row, c) => row.map((v, i) => v * of(curves[c]!, i)))),
      variance: sumOfSquares / degreesOfFreedom,
      degreesOfFreedom,
    };
  },
  find(curve, options, shared) {
    const beside = fitParabola(curve.x, curve.y, { sigma: curve.sigma, weights: curve.weights });
    if (!beside) return { problem: few };
    if (!shared) {
      const message = "the budgets together do not show the shape of their slices";
      return { problem: { status: "too-few-sizes", message }, parabola: beside };
    }
    const [alpha, beta] = shared.values.map(Math.exp) as [number, number];
    const { scale, axis } = options;
    const own = onLoss(curve, options);
    const found = minimum(own, alpha, beta, scale);
    if (!found) return { problem: few, parabola: beside };
    const { slice, at, y } = found;
    const fitted = [slice.centre, alpha, beta, ...slice.coefficients];
    const drawn = { parabola: beside, fitted: [...fitted, scale === "log" ? 1 : 0] };
    if (at === undefined) {
      const message = `the slice through the loss has no minimum in ln ${axis}`;
      return { problem: { status: "not-convex", message }, ...drawn };
    }
    const step = 1e-5;
    const ofShared = (pick: "at" | "y") =>
      [0, 1].map((j) => {
        const moved = (sign: number) => {
          const factor = Math.exp(sign * step);
          return (
            minimum(own, alpha * (j === 0 ? factor : 1), beta * (j === 1 ? factor : 1), scale)?.[pick] ?? Number.NaN
          );
        };
        return (moved(1) - moved(-1)) / (2 * step);
      });
    const shift: Response = { x: ofShared("at"), y: ofShared("y") };
    const gradients = localGradients(alpha, beta, slice.coefficients, at, scale);
    const variance = (gradient: readonly number[], moves: readonly number[]) =>
      shared.variance *
      (quadraticForm(slice.fit.unscaledCovariance, gradient) + quadraticForm(shared.unscaledCovariance, moves));
    const known = (value: number, of: number) =>
      of >= 0 ? estimate(value, Math.sqrt(of), shared.degreesOfFreedom) : bare(value);
    const respond = (gradient: readonly number[]) => {
      const m = apply(slice.fit.unscaledCovariance, gradient);
      return slice.design.map((row, i) => (own.weights?.[i] ?? 1) * dot(row, m) * (scale === "log" ? own.y[i]! : 1));
    };
    return {
      x: known(slice.centre + at, variance(gradients.x, shift.x)),
      y: known(y!, variance(gradients.y, shift.y)),
      problem: outside(slice.centre + at, curve, options),
      ...drawn,
      response: () => ({ x: respond(gradients.x), y: respond(gradients.y) }),
      ofShared: shift,
    };
  },
  value([centre, alpha, beta, e, f, g, logarithm], x) {
    const value = sliceValue(alpha!, beta!, [e!, f!, g!], x - centre!);
    return logarithm ? Math.log(value) : value;
  },
};

const minimum = (curve: Curve, alpha: number, beta: number, scale: "raw" | "log") => {
  const slice = sliceAt(curve, alpha, beta);
  if (!slice) return undefined;
  const at = sliceMinimum(alpha, beta, slice.coefficients);
  const value = at === undefined ? undefined : sliceValue(alpha, beta, slice.coefficients, at);
  return { slice, at, y: scale === "log" && value !== undefined ? Math.log(value) : value };
};

/** ∂(x*, y*)/∂(e, f, g) at the minimum. */
const localGradients = (
  alpha: number,
  beta: number,
  coefficients: readonly number[],
  at: number,
  scale: "raw" | "log",
): Response => {
  const value = sliceValue(alpha, beta, coefficients, at);
  const y = [0, 1, 2].map((j) =>
    sliceValue(
      alpha,
      beta,
      [0, 1, 2].map((k) => (k === j ? 1 : 0)),
      at,
    ),
  );
  const [, f, g] = coefficients as [number, number, number];
  const k = (2 * g) / (alpha + beta);
  const sum = alpha + beta;
  // x* = ln(1 − f/k) / (α + β).
  const x = [0, -1 / (k * (1 - f / k) * sum), (f / (k * k) / ((1 - f / k) * sum)) * (2 / sum)];
  return { x, y: scale === "log" ? y.map((v) => v / value) : y };
};
