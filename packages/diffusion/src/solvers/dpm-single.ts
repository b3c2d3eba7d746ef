import { whole } from "@isoflop/spec";
import { add, mul, sub } from "@isoflop/tensor";
import * as v from "valibot";
import { part } from "../checks.js";
import { defineStep, type Instant, type Solver, type Step, type StepPlace } from "../solver.js";
import { firstOrderStep } from "./ddim.js";
import { type Form, hasLambda, held, inData, inNoise, phi } from "./exponential.js";

/** The time at a share of a step in log-SNR. */
const within = ({ path, from, to, at }: StepPlace, share: number): Instant =>
  at(path.timeAt(Math.exp(-(from.lambda + share * (to.lambda - from.lambda)))));

/** Two evaluations: at the start, and in the middle of the step in log-SNR. */
const secondStep = (form: Form): Step =>
  defineStep({
    reads: form.reads,
    times: (place) => [place.from.t, within(place, 1 / 2).t],
    numbers(place) {
      const inner = held(form, place.from, within(place, 1 / 2));
      return { innerCarry: inner.carry, innerGain: inner.gain, ...held(form, place.from, place.to) };
    },
    advance({ x, ask, numbers: { innerCarry, innerGain, carry, gain } }) {
      const middle = ask(add(mul(x, innerCarry), mul(ask(x, 0), innerGain)), 1);
      return { x: add(mul(x, carry), mul(middle, gain)) };
    },
  });

/** Three evaluations: at the start, and at one and two thirds of the step in log-SNR. */
const thirdStep = (form: Form): Step => {
  const shares = [1 / 3, 2 / 3] as const;
  return defineStep({
    reads: form.reads,
    times: (place) => [place.from.t, ...shares.map((share) => within(place, share).t)],
    numbers(place) {
      const { from, to } = place;
      const [near, far] = shares.map((share) => within(place, share)) as [Instant, Instant];
      const h = form.span(from, to);
      const [one, two, all] = [held(form, from, near), held(form, from, far), held(form, from, to)];
      const rest = (at: Instant, span: number): number => form.gain(at) * span * phi(2, span);
      return {
        ...{ nearCarry: one.carry, nearGain: one.gain },
        ...{ farCarry: two.carry, farGain: two.gain, farSlope: (shares[1] / shares[0]) * rest(far, shares[1] * h) },
        ...{ carry: all.carry, gain: all.gain, slope: rest(to, h) / shares[1] },
      };
    },
    advance({ x, ask, numbers: n }) {
      const first = ask(x, 0);
      const near = ask(add(mul(x, n.nearCarry), mul(first, n.nearGain)), 1);
      const atFar = add(mul(x, n.farCarry), mul(first, n.farGain));
      const far = ask(add(atFar, mul(sub(near, first), n.farSlope)), 2);
      return { x: add(add(mul(x, n.carry), mul(first, n.gain)), mul(sub(far, first), n.slope)) };
    },
  });
};

const solverOf = (name: string, form: Form) => {
  const higher = { 2: secondStep(form), 3: thirdStep(form) };
  return (order: number): Solver => ({
    name,
    step: (place) =>
      order === 1 || !hasLambda(place.from) || !hasLambda(place.to)
        ? firstOrderStep(place)
        : higher[order as keyof typeof higher],
  });
};

const [ofNoise, ofData] = [solverOf("dpmSolver", inNoise), solverOf("dpmSolverPPSingle", inData)];
const options = (order: number) => ({ order: v.optional(whole({ atLeast: 1, atMost: 3 }), order) });

/**
 * DPM-Solver-1, -2 and -3 (Lu et al., arXiv 2206.00927, algorithms 1 and 2): exact but for what the noise does in a step, by so many evaluations in
 * log-SNR as its order. Deterministic, in both directions. Steps from or to a time without signal or without noise are DDIM's.
 * @throws DiffusionError("option") for an order other than 1, 2 and 3
 */
export const dpmSolver = part({ name: "dpmSolver", options: options(3), build: ({ order }) => ofNoise(order) });

/**
 * DPM-Solver++ of single steps, 2S and 3S (Lu et al., arXiv 2211.01095, algorithm 1): {@link dpmSolver} with data in place of noise, which can be kept within
 * bounds and stays stable under strong guidance.
 * @throws DiffusionError("option") for an order other than 1, 2 and 3
 */
export const dpmSolverPPSingle = part({
  name: "dpmSolverPPSingle",
  options: options(2),
  build: ({ order }) => ofData(order),
});
