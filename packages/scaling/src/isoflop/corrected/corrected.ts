import { dot, type Matrix } from "../../math/linear.js";
import type { SurfaceFormName } from "../../surface/forms/index.js";
import { type Outcome, refuse } from "../../types.js";
import { enters, type IsoFlopLaw, type Study } from "../budgets.js";
import type { Corrected, Misfit } from "../record.js";
import { lawThrough } from "./law.js";
import { LAWS, type Model, type Modelled, type Optima, type Sample, sampleOf } from "./model.js";
import { approach2Response, optimaOn } from "./response.js";
import { slicesModel } from "./slices-model.js";
import { surfaceModel } from "./surface-model.js";
import { worseThanParabolas } from "./worse.js";

/**
 * The optima of Approach 2 less its bias on this very grid (2603.22339: a parabola is a second-order expansion, whose vertex is off by a factor
 * that grows with the width of the grid and with α − β), and the laws through them.
 *
 * A model is fitted to the same runs by least squares of ln L, sampled on their N and D, and Approach 2 done on the samples as it was done on
 * the runs: what it misses the model's own optimum by is the shift. With ε the errors of ln L, M = ∂(ln optima)/∂ε of Approach 2, θ̂ = θ +
 * F⁺ε and S = ∂shift/∂θ, the corrected optima err by (M − S F⁺)ε: covariances and intervals follow, errors of the shift included. The variance
 * of ε is that about the model, which holds its lack of fit; where the corrected optima scatter about their law by more than that allows (F
 * test at 5 %), errors are widened by the ratio (Birge 1932).
 *
 * The model is a loss surface. Where parabolas describe the runs better than it does, their bias is not the surface's to say; then it is the
 * slices that share α and β, if the misfit of the parabolas is significant, and the correction is refused if not.
 */
export const correctedLaws = (
  study: Study,
  misfit: Outcome<Misfit>,
  form: SurfaceFormName = "chinchilla",
): Outcome<Corrected> => {
  for (const name of LAWS) {
    const law = study.fit[name];
    if (!law.ok) return law;
  }
  const sample = sampleOf(study);
  const found = modelOf(study, sample, misfit, form);
  return found.ok ? withoutBias(study, sample, found.model) : found;
};

const modelOf = (study: Study, sample: Sample, misfit: Outcome<Misfit>, form: SurfaceFormName): Modelled => {
  const surface = surfaceModel(study, sample, form);
  const refused = surface.ok ? worseThanParabolas(study, sample, surface.model) : surface;
  if (!refused) return surface;
  const slices = misfit.ok && misfit.significant ? slicesModel(study, sample) : refused;
  return slices.ok ? slices : refused;
};

const STEP = 1e-5;

const withoutBias = (study: Study, { runs, weights }: Sample, model: Model): Outcome<Corrected> => {
  const { interior, choices } = study;
  const shiftAt = (theta: readonly number[]): Optima | undefined => {
    const best = model.optima(theta);
    if (!best) return undefined;
    const found = optimaOn(study, model.logLosses(theta));
    const of = (name: IsoFlopLaw) => found[name].map((v, b) => v - best[name][b]!);
    return { N: of("N"), D: of("D"), loss: of("loss") };
  };
  const shift = shiftAt(model.theta);
  const slopes = model.theta.map((value, j) => {
    const [high, low] = [1, -1].map((sign) => shiftAt(model.theta.with(j, value + sign * STEP)));
    return high && low && ((name: IsoFlopLaw, b: number) => (high[name][b]! - low[name][b]!) / (2 * STEP));
  });
  const known = shift && LAWS.every((name) => shift[name].every(Number.isFinite));
  if (!known || !slopes.every((slope) => slope !== undefined))
    return refuse("unidentified", "the surface through the runs has no optimum, or Approach 2 none on it");

  const responses = approach2Response(study, runs.length);
  /** What each run's error, in units of its own, does to ln of each corrected optimum. */
  const moved = (name: IsoFlopLaw): Matrix =>
    interior.map((_, b) =>
      runs.map((_, i) => {
        const shifted = slopes.reduce((sum, slope, j) => sum + slope(name, b) * model.response[j]![i]!, 0);
        return ((responses?.[name][b]?.[i] ?? 0) - shifted) / Math.sqrt(weights[i]!);
      }),
    );
  const rows = { N: moved("N"), D: moved("D"), loss: moved("loss") };
  const law = (name: IsoFlopLaw) => {
    const used = interior.flatMap(({ profile }, b) => (enters(profile, name, choices.axis) ? [b] : []));
    const lnC = used.map((b) => Math.log(interior[b]!.profile.C));
    const points = used.map((b) => Math.log(interior[b]!.profile.optimum[name].value) - shift[name][b]!);
    const own = used.map((b) => rows[name][b]!);
    return lawThrough(lnC, points, own, model, responses !== undefined);
  };
  return {
    ok: true,
    form: model.form,
    parameters: model.parameters,
    N: law("N"),
    D: law("D"),
    loss: law("loss"),
    budgets: interior.map(({ profile: { C, optimum } }, b) => {
      const of = (name: IsoFlopLaw) => optimum[name].value * Math.exp(-shift[name][b]!);
      const share = (name: IsoFlopLaw) => Math.expm1(shift[name][b]!);
      const bias = { N: share("N"), D: share("D"), loss: share("loss") };
      const leverage = responses ? dot(rows.loss[b]!, rows.loss[b]!) : 1;
      return { C, N: of("N"), D: of("D"), loss: of("loss"), bias, leverage };
    }),
    noise: { standardDeviation: Math.sqrt(model.variance), degreesOfFreedom: model.degreesOfFreedom },
  };
};
