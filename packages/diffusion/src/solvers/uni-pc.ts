import { whole } from "@isoflop/spec";
import { add, mul, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { part } from "../checks.js";
import { defineStep, type Instant, type Solver, type Step, type StepPlace } from "../solver.js";
import { firstOrderStep } from "./ddim.js";
import { adams, hasLambda, held, inData, usable } from "./exponential.js";

/** Shares of x and of data at some times in the step from one time to another. */
const sharesOf = (from: Instant, to: Instant, known: readonly Instant[]) => {
  const { carry, gain } = held(inData, from, to);
  if (known.length === 1) return { carry, of: [gain] };
  const h = to.lambda - from.lambda;
  const nodes = known.map(({ lambda }) => (lambda - from.lambda) / h);
  return { carry, of: adams(h, nodes).map((share) => share * h * to.alpha) };
};

const sumOf = (values: readonly Tensor[], shares: readonly Tensor[]): Tensor =>
  values.map((value, j) => mul(value, shares[j]!)).reduce((sum, term) => add(sum, term));

/** `corrected`: how many of the steps before it corrects itself by; `predicted`: by how many times, its own among them, it goes on. */
const stepOf = (corrected: number, predicted: number, keep: number): Step =>
  defineStep<string>({
    reads: "data",
    times: ({ from }) => [from.t],
    numbers({ from, to, before }: StepPlace) {
      const on = sharesOf(from, to, [from, ...before].slice(0, predicted));
      const named = (name: string, shares: readonly number[]) =>
        shares.map((share, j) => [`${name}${j}`, share] as const);
      const back = corrected === 0 ? [] : [sharesOf(before[0]!, from, [from, ...before].slice(0, corrected + 1))];
      return Object.fromEntries([
        ...named("on", [on.carry, ...on.of]),
        ...back.flatMap(({ carry, of }) => named("back", [carry, ...of])),
      ]);
    },
    recalls: Math.max(corrected === 0 ? 0 : 1 + corrected, predicted === 1 ? 0 : predicted),
    advance({ x, ask, numbers, memory }) {
      const [start, ...before] = memory;
      const data = [ask(x, 0), ...before];
      const shares = (name: string, count: number) => Array.from({ length: count }, (_, j) => numbers[`${name}${j}`]!);
      const from =
        corrected === 0 ? x : sumOf([start!, ...data.slice(0, corrected + 1)], shares("back", corrected + 2));
      const next = sumOf([from, ...data.slice(0, predicted)], shares("on", predicted + 1));
      return { x: next, memory: [from, ...data].slice(0, keep + 1) };
    },
  });

/**
 * UniPC (Zhao et al., arXiv 2302.04867, algorithms 1 and 2, in data, with varying coefficients): a predictor of `order`, by data in log-SNR as
 * {@link dpmSolverPP}, and a corrector of one order more that needs no evaluation of its own, as it uses the next step's. Deterministic, in both
 * directions; the first steps and the last are of lower order, those from or to a time without signal or noise DDIM's.
 * @throws DiffusionError("option") for an order other than 1, 2 and 3
 */
export const uniPC = part({
  name: "uniPC",
  options: {
    order: v.optional(whole({ atLeast: 1, atMost: 3 }), 3),
    lowerOrderFinal: v.optional(v.boolean(), true),
  },
  build({ order, lowerOrderFinal }): Solver {
    const orders = Array.from({ length: order + 1 }, (_, i) => i);
    const steps = orders.map((corrected) => orders.map((predicted) => stepOf(corrected, predicted, order)));
    return {
      name: "uniPC",
      step(place) {
        const known = usable(place, hasLambda);
        if (known === 0) return firstOrderStep(place);
        const most = lowerOrderFinal ? Math.min(order, place.left + 1) : order;
        const predicted = hasLambda(place.to) ? Math.min(most, known) : 1;
        return steps[Math.min(order, known - 1)]![predicted]!;
      },
    };
  },
});
