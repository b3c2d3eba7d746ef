/// <reference lib="esnext.disposable" preserve="true" />
import { only, shown } from "@isoflop/spec";
import {
  cast,
  concat,
  type Device,
  type JitArguments,
  jit,
  mul,
  random,
  slice,
  type Tensor,
  zeros,
} from "@isoflop/tensor";
import * as v from "valibot";
import { type Batching, checkSamples, inParts, type Part } from "../batches.js";
import { samplesFrom } from "../by-sample.js";
import { check, count } from "../checks.js";
import { answerAt, type Reading } from "../course.js";
import { must } from "../errors.js";
import { checkOnLevels } from "../levels.js";
import { network, rectifiedFlow } from "../objective.js";
import { checkSizes, checkTimes, type DenoiserOf, type InputsFor } from "../sample.js";
import { checkSolver, type Solver } from "../solver.js";
import { heun } from "../solvers/heun.js";
import { type Field, type Walked, walker } from "../walk.js";
import { type Dequantization, noDequantization, type Of } from "./dequantization.js";
import {
  type CheckedProbes,
  checkProbes,
  countOf,
  MOST_EXACT,
  type ProbeInputs,
  type Probes,
  withDivergence,
} from "./probes.js";
import { endsOf, evenTimes } from "./times.js";

export interface LikelihoodOptions {
  /** Path and prediction of the network. Default `rectifiedFlow()`. */
  readonly objective?: Reading;
  /** Any that reads the velocity and draws no noise, those that choose their own steps too. Default `heun({ lastEuler: false })`. */
  readonly solver?: Solver;
  /** Steps from data to noise, of which an exact flow of unit variance makes even ones on every path. Default 64; a solver that chooses its own has one. */
  readonly steps?: number;
  /** Rising times instead, from the first, at which x is a sample, to the last, at which the prior is taken. */
  readonly times?: readonly number[];
  /** Default: signs, one probe a solve. */
  readonly probes?: Probes;
  /** Default `noDequantization()`: a density. */
  readonly dequantization?: Dequantization;
  /** Needed only where neither x nor inputs have been computed yet. */
  readonly device?: Device;
}

/** Where a solve is. */
export interface SolveProgress {
  /** Steps done, of how many; a solver that chooses its own has done them all. */
  readonly step: number;
  readonly steps: number;
  readonly t: number;
  /** How often the network has been asked in this part, a batch counted once. */
  readonly evaluations: number;
  /** Samples done before this part, and of all. */
  readonly samples: number;
  readonly of: number;
  /** Of the draws of the dequantization, counted from 0. */
  readonly draw: number;
}

export interface LikelihoodRun extends Batching {
  /** Data, f32 [n, ...]. */
  readonly x: Tensor;
  /** Of probes and dequantization. Needed unless the trace is exact and nothing is dequantized. */
  readonly key?: random.Key;
  /**
   * Draws of the dequantization, each with a solve of its own: the nats are then those of their mean weight, -log mean exp(-nats), a bound that tightens
   * with their number (importance weighting, arXiv 1509.00519). Estimated divergences loosen it, as errors of theirs count as weights. Default 1.
   */
  readonly draws?: number;
  /** Awaited after each step. */
  readonly onStep?: (progress: SolveProgress) => void | Promise<void>;
}

/** What fixes a likelihood, in words and numbers, to be told with it. */
export interface LikelihoodCard {
  readonly path: string;
  readonly solver: string;
  /** The first time and the last. */
  readonly times: readonly [first: number, last: number];
  /** Steps of the grid; those of a solver's own differ from run to run. */
  readonly steps: number;
  readonly probes: CheckedProbes;
  readonly dequantization: string;
  readonly draws: number;
  /** Standard deviation of the normal prior, the path's sigma at the last time. */
  readonly priorDeviation: number;
}

export interface Likelihood {
  /** -log p of each sample, or with a dequantization the bound of its code length: natural logarithms, float64 [n]. */
  readonly nats: Float64Array;
  readonly of: Of;
  /** Numbers in a sample. */
  readonly dimensions: number;
  /** By how much the probes alone may be off, of each sample; 0 for the exact trace, absent for one probe. */
  readonly standardError?: Float64Array;
  /**
   * What the nats are the sum of, each [n]: -log of the prior where x ends, minus the divergence along the way (what it does to a volume), and log q of the dequantization. Of several
   * draws these are means, and their sum is at least the nats.
   */
  readonly parts: {
    readonly prior: Float64Array;
    readonly divergence: Float64Array;
    readonly dequantization: Float64Array;
  };
  /** How often the network was asked for a batch. */
  readonly evaluations: number;
  readonly card: LikelihoodCard;
}

export interface LikelihoodOf<I> extends Disposable {
  /**
   * @param inputs parameters and conditions, or a function that gives those of some samples (its tensors are the caller's)
   * @throws DiffusionError("option") for no key where one is needed, ("shape") for x or a network's output that does not fit, or more than 64 numbers
   * a sample for an exact trace, ("singular") for times at which the prediction gives no velocity, ("values") for x off its levels, and at the
   * end, naming the first step that gave NaN or infinity
   */
  run(inputs: InputsFor<I>, run: LikelihoodRun): Promise<Likelihood>;
  /** Frees the compiled steps. */
  dispose(): void;
}

const likelihoodOptions = ["objective", "solver", "steps", "times", "probes", "dequantization", "device"] as const;
const runOptions = ["x", "key", "draws", "batch", "signal", "onStep"] as const;

/** A field and what its divergence comes to, side by side along axis 1: [n, 1 + probes, ...]. */
interface SolveInputs<I> extends ProbeInputs {
  readonly inputs: I;
}

const joinedField =
  <I>(model: DenoiserOf<I>, reading: Reading, probes: CheckedProbes): Field<SolveInputs<I>> =>
  (state, moment, { inputs, ...rest }) => {
    const [n, , ...shape] = state.shape as [number, number, ...number[]];
    const x = slice(state, [null, { start: 0, stop: 1 }]).reshape([n, ...shape]) as Tensor;
    const velocity = (y: Tensor): Tensor =>
      answerAt((at, t) => model(at, t, inputs), reading, moment, y, undefined).value;
    const { value, parts } = withDivergence(velocity, probes, x, moment.t, rest);
    const beside = (tensor: Tensor): Tensor => tensor.reshape([n, 1, ...shape]);
    return { value: concat([value, ...parts].map(beside), 1) as Tensor, range: undefined };
  };

/** A solver that is asked only for what a likelihood can follow. */
const followable = (solver: Solver): Solver => ({
  ...solver,
  step(place) {
    const step = solver.step(place);
    const right = "a likelihood takes one that reads the velocity and draws no noise, such as heun()";
    const reads = typeof step.reads === "string" ? step.reads : step.reads.kind;
    must(reads === "velocity", "option", `likelihood: solver ${solver.name} reads ${reads}; ${right}.`);
    must(!step.draws, "option", `likelihood: solver ${solver.name} draws noise; ${right}.`);
    return step;
  },
});

const timesOf = (reading: Reading, solver: Solver, { steps, times, dequantization }: LikelihoodOptions) => {
  if (times !== undefined) {
    checkTimes("likelihood", times);
    must(
      times[0]! < times[1]!,
      "option",
      `likelihood: times are [${times.join(", ")}]; they rise, from data to noise.`,
    );
    must(steps === undefined, "option", "likelihood: steps and times are given; it takes one of them.");
    const from = dequantization?.time;
    const meets = from === undefined || Math.abs(times[0]! - from) <= 1e-9;
    must(
      meets,
      "option",
      `likelihood: times begin at ${times[0]}; ${dequantization?.name} gives samples of t = ${from}.`,
    );
    return times;
  }
  const [first, last] = endsOf(reading);
  const many = check(count, steps ?? (solver.control ? 1 : 64), "likelihood: steps");
  return evenTimes(reading, many, dequantization?.time ?? first, last);
};

/** What one solve came to for each sample. */
interface Solved {
  readonly prior: Float64Array;
  readonly divergence: Float64Array;
  /** Variance of the mean over the probes. */
  readonly variance: Float64Array;
}

/** How a joined state is to be read. */
interface StateSizes {
  readonly dimensions: number;
  readonly probes: number;
  /** Of the prior. */
  readonly deviation: number;
  /** The logarithm of what volumes were multiplied by before the first time. */
  readonly volume: number;
}

/** Sums of a joined state, in float64. */
const read = (state: ArrayLike<number>, sizes: StateSizes, at: number, into: Solved): void => {
  const { dimensions, probes, deviation, volume } = sizes;
  const width = dimensions * (1 + probes);
  const sumOf = (from: number, of: (value: number) => number): number => {
    let total = 0;
    for (let i = from; i < from + dimensions; i++) total += of(state[i]!);
    return total;
  };
  const constant = (dimensions / 2) * Math.log(2 * Math.PI * deviation ** 2);
  for (let i = 0; i < state.length / width; i++) {
    const start = i * width;
    into.prior[at + i] = sumOf(start, (value) => value * value) / (2 * deviation ** 2) + constant;
    const estimates = Array.from(
      { length: probes },
      (_, k) => -volume - sumOf(start + (k + 1) * dimensions, (value) => value),
    );
    const mean = estimates.reduce((sum, value) => sum + value, 0) / probes;
    into.divergence[at + i] = mean;
    const squares = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    into.variance[at + i] = probes > 1 ? squares / (probes - 1) / probes : 0;
  }
};

/** -log mean exp(-nats) of several draws for one sample, with the share of each. */
const meanWeight = (nats: readonly number[]): { readonly nats: number; readonly shares: readonly number[] } => {
  const least = Math.min(...nats);
  const weights = nats.map((value) => Math.exp(least - value));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return { nats: least - Math.log(total / nats.length), shares: weights.map((value) => value / total) };
};

/**
 * The log-likelihood of data under the probability flow of a network, -log p(x) = -log N(x at the last time; 0, sigma²) - ∫ div v dt (Song et al., arXiv
 * 2011.13456, section 4.3), compiled once: one program per kind of step and shape, for any parameters and conditions. It is the density of the network's
 * own flow from exact noise; that data leave alpha · x in the noise at the last time is neglected, where alpha is not 0 there. The state of a
 * solve is x and the divergence so far, element by element, so that an adaptive solver heeds both alike, over the whole batch.
 */
export const likelihood = <I>(model: DenoiserOf<I>, options: LikelihoodOptions = {}): LikelihoodOf<I> => {
  check(only(likelihoodOptions), options, "likelihood");
  const { objective: reading = rectifiedFlow(), solver = heun({ lastEuler: false }), device } = options;
  const { dequantization = noDequantization() } = options;
  check(v.object(network, "an objective"), reading, "likelihood");
  checkSolver(solver, shown(solver));
  const probes = checkProbes("likelihood", options.probes ?? { kind: "rademacher" });
  const jumps = probes !== "exact" && probes.fresh === "evaluation" && solver.control !== undefined;
  must(
    !jumps,
    "option",
    `likelihood: probes are fresh for each evaluation; ${solver.name} goes by errors that they would drown, and takes fresh: "solve".`,
  );
  must(
    typeof dequantization.draw === "function",
    "option",
    `likelihood: dequantization is ${shown(dequantization)}; it takes one such as uniformDequantization().`,
  );
  const times = timesOf(reading, solver, options);
  const [first, last] = [times[0]!, times.at(-1)!];
  const deviation = reading.path.at(last).sigma as number;
  // Data come to a first time above 0 by alpha alone, the flow of what has no noise yet; samples of that time are there.
  const scale = dequantization.time === undefined ? (reading.path.at(first).alpha as number) : 1;
  const walking = walker(joinedField(model, reading, probes), { reading, solver: followable(solver), device });
  const on = device ? { device } : {};
  const drawn = jit((x: Tensor, key: random.Key, draw: Tensor) => {
    const [noise, probe] = random.split(random.foldIn(key, cast(draw, "u32")), 2);
    return { ...dequantization.draw(x, noise!), key: probe! };
  }, on);
  const begun = jit((x: Tensor, scale: Tensor, from: Tensor) => {
    const [n = 1, ...shape] = x.shape;
    const start = concat([mul(x, scale).reshape([n, 1, ...shape]), zeros([n, countOf(probes), ...shape])], 1) as Tensor;
    return { start, samples: samplesFrom(cast(from, "u32"), n) };
  }, on);

  const solve = async (
    { x, inputs, first: from }: Part<I>,
    key: random.Key,
    { signal }: Batching,
    onStep: (state: {
      readonly step: number;
      readonly steps: number;
      readonly t: number;
      readonly evaluations: number;
    }) => unknown,
    into: Solved,
  ): Promise<number> => {
    const { start, samples } = begun(x as JitArguments<Tensor>, scale, from);
    let walked: Walked | undefined;
    try {
      walked = await walking.walk(
        { inputs, key, samples },
        {
          start,
          times,
          signal,
          onStep: async ({ step, steps, t, evaluations }) => void (await onStep({ step, steps, t, evaluations })),
        },
      );
      await checkSizes(walked, "likelihood");
      const dimensions = x.size / x.shape[0]!;
      const sizes = { dimensions, probes: countOf(probes), deviation, volume: dimensions * Math.log(scale) };
      read((await walked.x.data()) as ArrayLike<number>, sizes, from, into);
      return walked.evaluations;
    } finally {
      for (const tensor of [start, samples, ...(walked ? [walked.x, ...walked.sizes] : [])]) tensor.dispose();
    }
  };

  const run = async (inputs: InputsFor<I>, running: LikelihoodRun): Promise<Likelihood> => {
    check(only(runOptions), running, "likelihood.run");
    const { x, key, onStep, signal } = running;
    checkSamples("likelihood", x);
    const draws = check(count, running.draws ?? 1, "likelihood: draws");
    const [n, dimensions] = [x.shape[0]!, x.size / x.shape[0]!];
    must(
      probes !== "exact" || dimensions <= MOST_EXACT,
      "shape",
      `likelihood: a sample has ${dimensions} numbers, and an exact trace takes at most ${MOST_EXACT}; take probes { kind: "rademacher" }.`,
    );
    const needsKey = probes !== "exact" || dequantization.of === "code length";
    must(
      key || !needsKey,
      "option",
      "likelihood: probes and dequantization are drawn; give a run its key, such as random.key(seed).",
    );
    if (dequantization.levels) await checkOnLevels("likelihood", x, dequantization.levels, device);
    const each: (Solved & { readonly dequantization: Float64Array })[] = [];
    let evaluations = 0;
    for (let draw = 0; draw < draws; draw++) {
      const noised = drawn(x as JitArguments<Tensor>, (key ?? random.key(0)) as never, draw);
      const empty = () => new Float64Array(n);
      const solved = { prior: empty(), divergence: empty(), variance: empty() };
      try {
        await inParts("likelihood", noised.x, inputs, running, async (part) => {
          evaluations += await solve(
            part,
            noised.key as random.Key,
            running,
            (state) => onStep?.({ ...state, samples: part.first, of: n, draw }),
            solved,
          );
        });
        each.push({ ...solved, dequantization: Float64Array.from((await noised.logDensity.data()) as Float32Array) });
      } finally {
        for (const tensor of [noised.x, noised.logDensity, noised.key]) tensor.dispose();
      }
      signal?.throwIfAborted();
    }
    const weighted = Array.from({ length: n }, (_, i) =>
      meanWeight(each.map(({ prior, divergence, dequantization: told }) => prior[i]! + divergence[i]! + told[i]!)),
    );
    const meanOf = (of: (solved: (typeof each)[number]) => Float64Array): Float64Array =>
      Float64Array.from({ length: n }, (_, i) => each.reduce((sum, solved) => sum + of(solved)[i]!, 0) / draws);
    const errors = weighted.map(({ shares }, i) =>
      Math.sqrt(shares.reduce((sum, share, d) => sum + share ** 2 * each[d]!.variance[i]!, 0)),
    );
    const known = probes === "exact" || probes.count > 1;
    return {
      nats: Float64Array.from(weighted, ({ nats }) => nats),
      of: dequantization.of,
      dimensions,
      ...(known && { standardError: Float64Array.from(errors) }),
      parts: {
        prior: meanOf(({ prior }) => prior),
        divergence: meanOf(({ divergence }) => divergence),
        dequantization: meanOf(({ dequantization: told }) => told),
      },
      evaluations,
      card: {
        path: reading.path.name,
        solver: solver.name,
        times: [first, last],
        steps: times.length - 1,
        probes,
        dequantization: dequantization.name,
        draws,
        priorDeviation: deviation,
      },
    };
  };

  const dispose = (): void => {
    walking.dispose();
    drawn.dispose();
    begun.dispose();
  };
  return { run, dispose, [Symbol.dispose]: dispose };
};
