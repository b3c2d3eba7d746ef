import { ScalingError } from "../errors.js";
import { drawParameters } from "../inference/draws.js";
import { optima } from "../isoflop/budgets.js";
import { lossCurve } from "../isoflop/predict.js";
import { type IsoFlop, isInterior } from "../isoflop/record.js";
import { fitLaw, formOfLaw } from "../laws/fit.js";
import type { LawFit, LawForm } from "../laws/form.js";
import { lawForms } from "../laws/forms.js";
import { pointWeights } from "../laws/point-errors.js";
import type { PowerLaw } from "../laws/power.js";
import { type LossCurve, type WeighedLaw, type WeighedLaws, weighedLaws } from "../laws/predictive.js";
import { studentDistribution } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { quadraticForm, scaled } from "../math/linear.js";
import { normals, type Random } from "../math/random.js";
import { geometricMean } from "../surface/span.js";
import { type Outcome, refuse } from "../types.js";
import { type Constants, fallingCurve, flooredPower, type OptimumCurve, tabulated } from "./curve.js";
import { pick } from "./floors.js";
import type { Side } from "./side.js";

/**
 * How a law of compute alone is taken: `floors` integrates out whether and where it has a floor, as predictions do; a form of law by its
 * name takes that form as the truth.
 */
export type LawChoice = "floors" | "power" | "saturating";

export interface LawSideOptions {
  /** Default `floors`; of a form that is neither a power law nor one with a floor, the form itself. */
  readonly law?: LawChoice | undefined;
}

/**
 * A law of the loss against compute as a side.
 * @throws ScalingError `bad-option` for a form that has no draws
 */
export const sideOfLaw = (name: string, fit: LawFit, { law }: LawSideOptions = {}): Outcome<Side> => {
  const { kind } = fit.law;
  const simple = kind === "power" || kind === "saturating";
  if (law === undefined ? !simple : law === kind) return ofForm(name, fit);
  const { x, y, sigma, weights } = fit.data;
  if (law === undefined || law === "floors") {
    const weight = pointWeights(y, fit.data, sigma ? "raw" : "log");
    const leverage = x.map((_, i) => 1 / (weight?.[i] ?? 1));
    const curve = { C: x, loss: y, leverage, noiseVariance: 0, noiseDegreesOfFreedom: 0 };
    return ofFloors(name, curve, `through ${x.length} points`);
  }
  const again = fitLaw(law, x, y, { ...(sigma && { sigma }), ...(weights && { weights }) });
  return again.ok ? ofForm(name, again) : again;
};

/** The law through the optima of an isoFLOP study as a side; its N* and D* are power laws through theirs. */
export const sideOfIsoFlop = (name: string, fit: IsoFlop, { law = "floors" }: LawSideOptions = {}): Outcome<Side> => {
  const { quantity } = fit.choices;
  const { x, y } = optima(fit, "loss");
  if (!fit.loss.ok) return fit.loss;
  const side = (() => {
    if (law === "floors")
      return ofFloors(name, lossCurve(fit, fit.budgets.filter(isInterior)), `through ${x.length} optima`);
    const again = fitLaw(law, x, y);
    return again.ok ? ofForm(name, again) : again;
  })();
  return side.ok ? { ...withAllocation(side, fit), quantity } : side;
};

/** Draws of the exponents of N* and D*, beside those of the loss: the optima of a budget hardly depend on its least loss. */
const withAllocation = <S extends Side>(side: S, { N, D }: IsoFlop): S => {
  const laws = Object.entries({ N, D }).flatMap(([name, law]) => (law.ok ? [[name, law] as const] : []));
  const of = (exponent: (law: PowerLaw) => number): Constants =>
    Object.fromEntries(laws.map(([name, law]) => [name, exponent(law)]));
  const also = (curve: OptimumCurve, constants: Constants): OptimumCurve => ({
    ...curve,
    constants: { ...curve.constants, ...constants },
  });
  return {
    ...side,
    curve: also(
      side.curve,
      of(({ exponent }) => exponent.value),
    ),
    draws: (count, uniform) => {
      const normal = normals(uniform);
      return side.draws(count, uniform).map((curve) =>
        also(
          curve,
          of((law) => drawnExponent(law, normal)),
        ),
      );
    },
  };
};

const drawnExponent = ({ exponent, degreesOfFreedom }: PowerLaw, normal: Random): number => {
  let chi = 0;
  for (let i = 0; i < degreesOfFreedom; i++) chi += normal() ** 2;
  return exponent.value + exponent.standardError * normal() * Math.sqrt(degreesOfFreedom / chi);
};

/** Forms by which a law extrapolates from how it was chosen, not from the data. */
const CAUTIONS: Readonly<Record<string, string>> = {
  power: "a pure power law through losses that have a floor bends the wrong way: it makes crossings that are not there",
  saturating:
    "the floor is taken at its best value and drawn about it: where the points hardly show it, intervals are too short",
};

const ofForm = (name: string, fit: LawFit): Outcome<Side> => {
  const { law, data } = fit;
  const form: LawForm = formOfLaw(law);
  if (!form.draws) {
    const names = [...lawForms].filter(({ draws }) => draws).map((one) => one.name);
    const message = `a law of the form ${law.kind} cannot be compared; expected ${names.join(" or ")}`;
    throw new ScalingError("bad-option", message);
  }
  // A floor at zero is a power law; any other caveat leaves nothing to draw from.
  if (fit.status === "unidentified" && law.kind === "saturating")
    return refuse("unidentified", `the points of ${name} do not determine a floor; leave out law, or ask for "power"`);
  if (fit.status !== "converged" && fit.status !== "bound")
    return refuse(fit.status, fit.message ?? `the law of ${name} did not converge`);
  const at = geometricMean(data.x);
  const caution = CAUTIONS[law.kind];
  const curveOf = (loss: (C: number) => number): OptimumCurve => {
    if (law.kind !== "power") return fallingCurve(loss, at);
    const level = loss(at);
    const curve = flooredPower({ floor: 0, reducible: level, slope: Math.log(level / loss(Math.E * at)), at });
    // No floor is part of the form, and not found.
    return { ...curve, constants: { loss: curve.constants.loss! } };
  };
  return {
    ok: true,
    name,
    law: `${law.kind} law through ${data.x.length} points`,
    ...(caution && { caution }),
    fitted: extent(data.x),
    points: { x: data.x, y: data.y },
    curve: curveOf((C) => form.value(law, C)),
    draws: (count, uniform) => form.draws!(law, count, uniform).map(curveOf),
  };
};

const ofFloors = (name: string, curve: LossCurve, points: string): Outcome<Side> => {
  const weighed = weighedLaws(curve);
  if (!weighed)
    return refuse("too-few-points", `${name} has ${curve.C.length} points; a law whose floor is not known needs three`);
  const { laws, centre, degreesOfFreedom } = weighed;
  const at = Math.exp(centre);
  const curveOf = (floor: number, a: number, slope: number): OptimumCurve => {
    const curve = flooredPower({ floor, reducible: Math.exp(a), slope, at });
    // A law that still steepens has no floor.
    return { ...curve, constants: { ...curve.constants, floor: Math.max(0, floor) } };
  };
  return {
    ok: true,
    name,
    law: `law ${points}, its floor integrated out`,
    fitted: extent(curve.C),
    points: { x: curve.C, y: curve.loss },
    curve: fallingCurve(tabulated(medianOf(weighed)), at),
    draws: (count, uniform) =>
      Array.from({ length: count }, () => {
        const { fit, noiseVariance } = pick(laws, uniform());
        const [drawn] = drawParameters(
          [fit.a, fit.alpha],
          scaled(fit.unscaledCovariance, noiseVariance),
          degreesOfFreedom,
          1,
          uniform,
        );
        return curveOf(fit.floor, drawn![0]!, drawn![1]!);
      }),
  };
};

/** Halvings of the bracket of a median. */
const HALVINGS = 50;

/** The median of where the laws put the loss at a compute. */
const medianOf = ({ laws, centre, degreesOfFreedom }: WeighedLaws) => {
  const student = studentDistribution(degreesOfFreedom);
  const at = ({ fit, weight, noiseVariance }: WeighedLaw, u: number) => {
    const reducible = Math.exp(fit.a - fit.alpha * u);
    const leverage = quadraticForm(fit.unscaledCovariance, [reducible, -u * reducible]);
    return { location: fit.floor + reducible, scale: Math.max(Math.sqrt(noiseVariance * leverage), 1e-300), weight };
  };
  return (C: number): number => {
    const all = laws.map((law) => at(law, Math.log(C) - centre)).filter(({ weight }) => weight > 1e-7);
    let [low, high] = extent(all.map(({ location }) => location));
    const below = (x: number) =>
      all.reduce((s, { location, scale, weight }) => s + weight * student((x - location) / scale), 0);
    for (let i = 0; i < HALVINGS && high > low; i++) {
      const middle = (low + high) / 2;
      if (below(middle) < 0.5) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
};
