import { choice, number } from "@isoflop/spec";
import { add, mul } from "@isoflop/tensor";
import * as v from "valibot";
import { part } from "../checks.js";
import { must } from "../errors.js";
import { combinationAt } from "../prediction.js";
import { defineStep, type Instant, isLast, lengthOf, type Solver, type Step, type StepPlace } from "../solver.js";
import { eulerStep } from "./euler.js";
import { checkFalls } from "./posterior.js";

const names = ["constant", "sbdm", "sigma", "linear", "decreasing", "increasingDecreasing"] as const;

/**
 * How strong the noise of the equation dx = (velocity - w · score) dt + √(2 w) dW is: any w keeps the densities of the path (SiT, arXiv 2401.08740, equation
 * 10 and table 2; `willisma/SiT: transport/path.py`, whose clock runs the other way).
 */
const strengths: Readonly<Record<(typeof names)[number], (at: Instant, norm: number) => number>> = {
  constant: (_, norm) => norm,
  // Of the score-based models: sigma² times how fast log(sigma / alpha) grows.
  sbdm({ alpha, sigma, alphaDot, sigmaDot, sigmaSigmaDot = sigma * sigmaDot }, norm) {
    return norm * (sigmaSigmaDot - (alphaDot === 0 ? 0 : (alphaDot / alpha) * sigma ** 2));
  },
  sigma: ({ sigma }, norm) => norm * sigma,
  linear: ({ t }, norm) => norm * t,
  decreasing: ({ t }, norm) => 0.25 * (1 - norm * Math.cos(Math.PI * t)) ** 2,
  increasingDecreasing: ({ t }, norm) => norm * Math.sin(Math.PI * t) ** 2,
};

interface Strength {
  readonly diffusion: (typeof names)[number];
  readonly norm: number;
}

const strengthAt = ({ diffusion, norm }: Strength, at: Instant): number => {
  const w = strengths[diffusion](at, norm);
  const place = `diffusion "${diffusion}" at t = ${at.t}`;
  must(Number.isFinite(w), "singular", `${place} is ${w}; stay away from this time or take another diffusion.`);
  return w;
};

/** velocity - w · score, as ofValue · velocity + ofXt · x. */
const driftAt = (strength: Strength, { path }: StepPlace, at: Instant) => {
  const w = strengthAt(strength, at);
  if (w === 0) return { ofValue: 1, ofXt: 0 };
  const score = combinationAt(path, "velocity", "score", at.t);
  return { ofValue: 1 - w * score.ofValue, ofXt: -w * score.ofXt };
};

const spreadOf = (strength: Strength, place: StepPlace): number =>
  Math.sqrt(2 * strengthAt(strength, place.from) * Math.abs(lengthOf(place)));

const eulerMaruyamaStep = (strength: Strength, draws: 0 | 1): Step =>
  defineStep<string>({
    reads: "velocity",
    times: ({ from }) => [from.t],
    numbers(place) {
      const h = lengthOf(place);
      const { ofValue, ofXt } = driftAt(strength, place, place.from);
      return { carry: 1 + h * ofXt, gain: h * ofValue, ...(draws === 1 && { spread: spreadOf(strength, place) }) };
    },
    draws,
    advance({ x, ask, numbers, noise }) {
      const mean = add(mul(x, numbers.carry!), mul(ask(x, 0), numbers.gain!));
      return { x: draws === 0 ? mean : add(mean, mul(noise[0]!, numbers.spread!)) };
    },
  });

/** SiT's Heun: noise first, then Heun's step along the drift. */
const heunSdeStep = (strength: Strength): Step =>
  defineStep({
    reads: "velocity",
    times: ({ from, to }) => [from.t, to.t],
    numbers(place) {
      const h = lengthOf(place);
      const [first, second] = [driftAt(strength, place, place.from), driftAt(strength, place, place.to)];
      return {
        spread: spreadOf(strength, place),
        ...{ carry: h * first.ofXt, gain: h * first.ofValue },
        ...{ nextCarry: h * second.ofXt, nextGain: h * second.ofValue },
      };
    },
    draws: 1,
    advance({ x, ask, numbers: { spread, carry, gain, nextCarry, nextGain }, noise }) {
      const noisy = add(x, mul(noise[0]!, spread));
      const first = add(mul(noisy, carry), mul(ask(noisy, 0), gain));
      const ahead = add(noisy, first);
      const second = add(mul(ahead, nextCarry), mul(ask(ahead, 1), nextGain));
      return { x: add(noisy, mul(add(first, second), 0.5)) };
    },
  });

/** Data themselves, by the formula of Tweedie. */
const tweedieStep = defineStep({
  reads: "data",
  times: ({ from }) => [from.t],
  numbers: () => ({}),
  advance: ({ x, ask }) => ({ x: ask(x, 0) }),
});

const options = {
  diffusion: v.optional(choice(names), "sigma"),
  norm: v.optional(number({ atLeast: 0 }), 1),
  lastStep: v.optional(choice(["mean", "tweedie", "euler", "none"]), "mean"),
};
type Options = v.InferOutput<v.StrictObjectSchema<typeof options, undefined>>;

const solverOf =
  (name: string, stepOf: (strength: Strength) => Step) =>
  ({ lastStep, ...strength }: Options): Solver => {
    const step = stepOf(strength);
    const lasts = { mean: eulerMaruyamaStep(strength, 0), tweedie: tweedieStep, euler: eulerStep, none: step };
    return {
      name,
      step(place) {
        checkFalls(name, place);
        if (!isLast(place)) return step;
        const reaches = lastStep !== "tweedie" || place.to.t === 0;
        must(reaches, "option", `${name}: lastStep "tweedie" gives data; the times end at ${place.to.t}, not at 0.`);
        return lasts[lastStep];
      },
    };
  };

/**
 * The reverse equation with noise by the method of Euler and Maruyama (SiT, arXiv 2401.08740, section 2.4): one evaluation a step. `diffusion` is the form
 * of its noise and `norm` its size; `lastStep` is the mean of a step, Tweedie's estimate of data, Euler's step along the velocity, or "none", a
 * step as the others are. SiT's last step is of length 0.04: `uniformGrid({ last: 0.04 })`.
 * @throws DiffusionError("option") for a form of another name; as it steps, where times rise; ("singular") where the form or the score is infinite, as
 * "sbdm" is at t = 1 of the linear path, and the score at t = 0
 */
export const eulerMaruyama = part({
  name: "eulerMaruyama",
  options,
  build: solverOf("eulerMaruyama", (strength) => eulerMaruyamaStep(strength, 1)),
});

/** The same with SiT's Heun steps: two evaluations a step, one in the last. See {@link eulerMaruyama}. */
export const heunSde = part({ name: "heunSde", options, build: solverOf("heunSde", heunSdeStep) });
