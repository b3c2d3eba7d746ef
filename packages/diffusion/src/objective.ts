import { choice, only, record, shown } from "@isoflop/spec";
import type { Device, Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { type Arithmetic, numbers } from "./arithmetic.js";
import { check, having } from "./checks.js";
import { logitNormal } from "./densities/logit-normal.js";
import { densityOn, type PathDensity, type TimestepDensity } from "./density.js";
import { must } from "./errors.js";
import { plainInputs } from "./inputs/plain.js";
import type { NetworkInputs } from "./inputs.js";
import { type Uncertainty, uncertaintySchema } from "./losses/uncertainty.js";
import { ratioAt } from "./noise-to-signal.js";
import type { Coefficients, Path } from "./path.js";
import { isDiscrete } from "./paths/discrete.js";
import { linearPath } from "./paths/linear.js";
import { determines, errorRatio, type Prediction, predictionSchema, predictions, told } from "./prediction.js";
import type { Weighting } from "./weighting.js";
import { unweighted } from "./weightings/unweighted.js";

/** What a network is trained to do: independent choices, and the space its error is measured in. */
export interface Objective {
  readonly path: Path;
  /** What the network's output means. */
  readonly prediction: Prediction;
  /** The prediction whose squared error is the loss. */
  readonly errorIn: Prediction;
  readonly weighting: Weighting;
  readonly density: TimestepDensity;
  /** What the network is given for x_t and t; `denoiser` gives it that. */
  readonly inputs: NetworkInputs;
  /**
   * "learnedRange" where the network has twice x's channels, axis 1, the second half of them saying where between the smallest and the largest
   * the log-variance of an ancestral step lies (Nichol and Dhariwal, arXiv 2102.09672, equation 15). Fixed ones, which matter to DDPM's bound
   * alone, are the largest or the smallest. Default "fixedLarge".
   */
  readonly variance?: Variance;
  /** What is made of the squared error and of DDPM's bound. Default "mse". */
  readonly loss?: LossKind;
  /**
   * In training the loss is divided by e^u, u a function of the noise level that is trained beside the network: see `logVariance` and `uncertain`
   * (Karras et al., arXiv 2312.02696). `loss` is the loss before that, which is what can be validated. Absent: not.
   */
  readonly uncertainty?: Uncertainty;
}

/** Variances of an ancestral step. */
export const variances = ["fixedLarge", "fixedSmall", "learnedRange"] as const;
export type Variance = (typeof variances)[number];

/**
 * DDPM's losses (`LossType` of its code), in whose bound a term is that of one step, in bits per dimension.
 * - `mse`: the squared error; where the variance is learned, and the term, in which the error teaches nothing.
 * - `rescaledMse`: there, steps / 1000 of the term.
 * - `kl`, `rescaledKl`: the term alone, and as many of it as there are steps.
 */
export const lossKinds = ["mse", "rescaledMse", "kl", "rescaledKl"] as const;
export type LossKind = (typeof lossKinds)[number];

/** A network with its parameters and condition inside: x [n, ...] and t [n] to a prediction of x's shape; of twice its channels with a learned variance. */
export type Denoiser = (x: Tensor, t: Tensor) => Tensor;

/** What tells how to read a network. */
const network = { path: having("at", "linearPath()"), prediction: predictionSchema };

const readable = v.object(network, "one such as rectifiedFlow()");

/** @throws DiffusionError("option") unless it tells how to read a network */
export const checkReading = (what: string, reading: unknown): void => {
  check(readable, reading, `${what}: objective`);
};

/** What an objective has. */
export const objectives = record({
  ...network,
  errorIn: predictionSchema,
  weighting: having("weight", "unweighted()"),
  density: having("quantile", "logitNormal()"),
  inputs: having("at", "plainInputs()"),
  variance: v.optional(choice(variances)),
  loss: v.optional(choice(lossKinds)),
  uncertainty: v.optional(uncertaintySchema),
});

/** The parts of an objective as one gives them: a density may be told in terms of noise, and gets its times from the path. */
export type ObjectiveParts = Pick<Objective, "path" | "prediction"> &
  Partial<Omit<Objective, "density" | "uncertainty">> & {
    readonly density: TimestepDensity | PathDensity;
    readonly uncertainty?: Partial<Uncertainty>;
  };

/** Whether DDPM's bound alone is the loss. */
export const boundOnly = (kind: LossKind | undefined): boolean => kind === "kl" || kind === "rescaledKl";

/** @throws DiffusionError("option") where the bound counts and there is none, or weights beside it that would not */
const checkBound = ({ path, weighting, variance, loss: kind, uncertainty }: Objective): void => {
  if (variance !== "learnedRange" && !boundOnly(kind)) return;
  const asks = variance === "learnedRange" ? `variance is "learnedRange"` : `loss is "${kind}"`;
  must(
    isDiscrete(path),
    "option",
    `objective: ${asks}, which takes a path of steps, such as discretePath(); the ${path.name} path has none.`,
  );
  const weighs = boundOnly(kind) && weighting.name !== unweighted().name;
  must(
    !weighs,
    "option",
    `objective: loss is "${kind}", which has its own weights; weighting is ${weighting.name} and must be unweighted().`,
  );
  const learns = boundOnly(kind) && uncertainty !== undefined;
  must(!learns, "option", `objective: loss is "${kind}", which has its own weights; uncertainty must be left out.`);
};

/** @throws DiffusionError("singular") where a time that is drawn for certain teaches nothing, or has an infinite weight */
const checkDrawn = (aim: Objective): void => {
  const { path, prediction, density, uncertainty } = aim;
  for (const t of density.times ?? []) {
    const c = path.at(t);
    const drawn = `objective: the ${density.name} density draws t = ${t}, where`;
    const those = predictions.filter((name) => determines(c, name));
    const right = `predict ${those.slice(0, -1).join(", ")} or ${those.at(-1)}, or take another path`;
    const nothing = `${told(prediction)} on the ${path.name} path says no more than x_t itself`;
    must(determines(c, prediction), "singular", `${drawn} ${nothing}; ${right}.`);
    const weight = weightIn(numbers, c, aim, prediction, true);
    const infinite = `the weight of the error in ${told(prediction)} is ${weight}`;
    must(Number.isFinite(weight), "singular", `${drawn} ${infinite}; take another weighting or density.`);
    const level = Math.log(ratioAt(path, t));
    const noisy = `uncertainty is a function of log(sigma / alpha), which is ${level}`;
    must(!uncertainty || Number.isFinite(level), "singular", `${drawn} ${noisy}; leave it out, or take another path.`);
  }
};

/**
 * `errorIn` is the prediction unless told, `weighting` none, the network is given x_t and t as they are.
 * @throws DiffusionError("option") for an unknown option or prediction, or a part that is missing, ("singular") for a density of single times that draws one at
 * which the prediction teaches nothing
 */
export const objective = (parts: ObjectiveParts): Objective => {
  must(typeof parts === "object" && parts !== null, "option", `objective is ${shown(parts)}; it must be a record.`);
  const { errorIn = parts.prediction, weighting = unweighted(), inputs = plainInputs() } = parts;
  const drawn: unknown = parts.density;
  const onPath = typeof drawn === "object" && drawn !== null && "on" in drawn;
  const density = onPath ? densityOn(parts.density, check(network.path, parts.path, "objective.path") as Path) : drawn;
  const given = { ...parts, errorIn, weighting, inputs, density };
  const { uncertainty } = check(objectives, given, "objective");
  const aim = { ...given, ...(uncertainty && { uncertainty }) } as Objective;
  checkBound(aim);
  checkDrawn(aim);
  return aim;
};

/** Linear path, velocity, no weighting, logit-normal times (arXiv 2403.03206, and the choice of 2410.08184). */
export const rectifiedFlow = (options: { readonly density?: TimestepDensity | PathDensity } = {}): Objective => {
  check(only(["density"]), options, "rectifiedFlow");
  const { density = logitNormal() } = options;
  return objective({ path: linearPath(), prediction: "velocity", density });
};

/**
 * The objective with the tables of its parts on a device, for compiled programs that draw times there; itself where there are none.
 */
export const objectiveOn = (aim: Objective, device: Device): Objective => {
  check(objectives, aim, "objectiveOn");
  const [path, inputs] = [aim.path.on?.(device), aim.inputs.on?.(device)];
  if (!path && !inputs && !("on" in aim.density)) return aim;
  const there = path ?? aim.path;
  return { ...aim, path: there, inputs: inputs ?? aim.inputs, density: densityOn(aim.density, there, device) };
};

const squared = <T>(m: Arithmetic<T>, x: T | number): T | number => (x === 1 ? 1 : m.mul(x, x));

/** The weight of the squared error in a space (see {@link errorRatio} for `measured`), Infinity where it grows without bound. */
export const weightIn = <T>(
  m: Arithmetic<T>,
  c: Coefficients<T>,
  { weighting, errorIn }: Pick<Objective, "weighting" | "errorIn">,
  space: Prediction,
  measured: boolean,
): T | number => weighting.weight(m, (of = errorIn) => squared(m, errorRatio(m, c, of, space, measured)));

/**
 * weight(t) · pdf(t) on the squared error of one prediction (the measured one unless told): only this product decides what is learnt.
 * Where nothing is drawn it is 0.
 * @throws DiffusionError("option") unless t is in 0..1
 */
export const effectiveWeight = (aim: Objective, t: number, space: Prediction = aim?.errorIn): number => {
  check(objectives, aim, "effectiveWeight");
  const kind = `effectiveWeight: loss is ${shown(aim.loss)}`;
  must(!boundOnly(aim.loss), "option", `${kind}; it tells the weight of the squared error, which "mse" has.`);
  const learnt = "effectiveWeight: the objective's uncertainty divides the loss by e^u, which is learnt";
  must(!aim.uncertainty, "option", `${learnt}; the weight before that is that of the objective without it.`);
  check(predictionSchema, space, "effectiveWeight: space");
  const [weight, drawn] = [weightIn(numbers, aim.path.at(t), aim, space, false), aim.density.pdf(t)];
  return drawn === 0 ? 0 : weight * drawn;
};
