import { leastSquares, multiply, transpose } from "../../math/linear.js";
import { evenSample } from "../../math/sample.js";
import { optimalAllocation } from "../../surface/allocate.js";
import { surface as fitSurface } from "../../surface/fit.js";
import { quoted } from "../../surface/form.js";
import type { SurfaceFormName } from "../../surface/forms/index.js";
import { formOfSurface, logSurfaceLoss } from "../../surface/surface.js";
import { type Run, refuse } from "../../types.js";
import type { IsoFlopLaw, Study } from "../budgets.js";
import { MODEL_RUNS, type Model, type Modelled, type Sample } from "./model.js";

/** A loss surface by least squares of ln L; without its floor where that goes to nothing. */
export const surfaceModel = ({ interior }: Study, { runs, weights }: Sample, form: SurfaceFormName): Modelled => {
  const index = evenSample(runs.length, MODEL_RUNS);
  const some = index.map((i) => runs[i]!);
  const own = index.map((i) => weights[i]!);
  const weightOf = new Map(some.map((run, k) => [run, own[k]!]));
  const even = own.every((w) => w === 1);
  const options = { objective: "log-squares", ...(!even && { weight: (run: Run) => weightOf.get(run) ?? 1 }) } as const;
  const first = fitSurface(some, { ...options, form });
  const floorless = first.ok && first.status === "bound" && form === "chinchilla";
  const fit = floorless ? fitSurface(some, { ...options, form: "no-floor" }) : first;
  if (!fit.ok) return fit;
  if (fit.status === "bound" || fit.status === "stopped-early")
    return refuse("unidentified", `the surface through the runs is not sound: ${fit.message ?? fit.status}`);
  const { flopsPerToken, degreesOfFreedom, sumOfSquares, theta } = fit;
  const at = (theta: readonly number[]) => ({ form: fit.form, theta, flopsPerToken });
  const rows = some.map((run) => {
    const gradient = new Float64Array(theta.length);
    logSurfaceLoss(at(theta), run, gradient);
    return Array.from(gradient);
  });
  const linear = leastSquares(
    rows,
    some.map(() => 0),
    own,
  );
  if (!linear) return refuse("unidentified", "the parameters of the surface through the runs cannot be told apart");
  const response = multiply(linear.unscaledCovariance, transpose(rows)).map((row) => {
    const all = new Array<number>(runs.length).fill(0);
    index.forEach((i, k) => {
      all[i] = row[k]! * own[k]!;
    });
    return all;
  });
  const model: Model = {
    form: fit.form,
    parameters: quoted(formOfSurface(at(theta)), theta),
    theta,
    logLosses: (theta) => runs.map((run) => logSurfaceLoss(at(theta), run)),
    optima: (theta) => {
      const best = interior.map(({ profile }) => optimalAllocation(at(theta), profile.C));
      if (!best.every((one) => one.ok)) return undefined;
      const of = (name: IsoFlopLaw) => best.map((one) => Math.log(one[name]));
      return { N: of("N"), D: of("D"), loss: of("loss") };
    },
    response,
    variance: sumOfSquares / degreesOfFreedom,
    degreesOfFreedom,
  };
  return { ok: true, model };
};
