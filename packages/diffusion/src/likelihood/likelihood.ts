import { only, shown } from "@isoflop/spec";
import { cast, type JitArguments, jit, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { checkSamples, type InputsFor, inParts, type Part } from "../batches.js";
import { check, checkNetwork, count } from "../checks.js";
import type { NetworkReading } from "../course.js";
import { compiledRun } from "../device.js";
import { must } from "../errors.js";
import { checkOnLevels } from "../levels.js";
import { checkReading, rectifiedFlow } from "../objective.js";
import type { DenoiserOf } from "../sample.js";
import { checkSolver, type Solver } from "../solver.js";
import { heun } from "../solvers/heun.js";
import { checkSizes, type Walked, type WalkState, walker } from "../walk.js";
import { noDequantization } from "./dequantization.js";
import { checkProbes, countOf, MOST_EXACT } from "./probes.js";
import { beginning, joinedField, readState, type Solved } from "./state.js";
import { timesOf } from "./times.js";
import type { Likelihood, LikelihoodOf, LikelihoodOptions, LikelihoodRun } from "./types.js";
import { type Drawn, together } from "./weights.js";

const likelihoodOptions = ["objective", "solver", "steps", "times", "probes", "dequantization", "device"] as const;
const runOptions = ["x", "key", "draws", "batch", "signal", "onStep"] as const;

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

/**
 * The log-likelihood of data under the probability flow of a network, -log p(x) = -log N(x at the last time; 0, sigma²) - ∫ div v dt (Song et al., arXiv
 * 2011.13456, section 4.3), compiled once: one program per kind of step and shape, for any parameters and conditions. It is the density of the network's
 * own flow from exact noise; that data leave alpha · x in the noise at the last time is neglected, where alpha is not 0 there. The state of a
 * solve is x and the divergence so far, element by element, so that an adaptive solver heeds both alike, over the whole batch.
 */
export const likelihood = <I>(model: DenoiserOf<I>, options: LikelihoodOptions = {}): LikelihoodOf<I> => {
  checkNetwork("likelihood", model);
  check(only(likelihoodOptions), options, "likelihood");
  const {
    objective: reading = rectifiedFlow() as NetworkReading,
    solver = heun({ lastEuler: false }),
    device,
  } = options;
  const { dequantization = noDequantization() } = options;
  checkReading("likelihood", reading);
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
    return { ...dequantization.draw(x, noise!), key: probe as Tensor as random.Key };
  }, on);
  const begun = beginning(countOf(probes), device);

  /** Solves a part of the samples, and writes what it comes to. @returns evaluations of the network */
  const solve = async (
    { x, inputs, first: from }: Part<I>,
    key: random.Key,
    signal: AbortSignal | undefined,
    onStep: (state: WalkState) => void | Promise<void>,
    into: Solved,
  ): Promise<number> => {
    const { start, samples } = begun(x as JitArguments<Tensor>, scale, from);
    let walked: Walked | undefined;
    try {
      walked = await walking.walk({ inputs, key, samples }, { start, times, signal, onStep });
      await checkSizes(walked, "likelihood");
      const dimensions = x.size / x.shape[0]!;
      const sizes = { dimensions, probes: countOf(probes), deviation, volume: dimensions * Math.log(scale) };
      readState((await walked.x.data()) as ArrayLike<number>, sizes, from, into);
      return walked.evaluations;
    } finally {
      for (const tensor of [start, samples, ...(walked ? [walked.x, ...walked.sizes] : [])]) tensor.dispose();
    }
  };

  const checkRun = ({ x, key, draws }: LikelihoodRun): void => {
    checkSamples("likelihood", x);
    const dimensions = x.size / x.shape[0]!;
    const few = probes !== "exact" || dimensions <= MOST_EXACT;
    const much = `likelihood: a sample has ${dimensions} numbers, and an exact trace takes at most ${MOST_EXACT}`;
    must(few, "shape", `${much}; take probes { kind: "rademacher" }.`);
    const known = key || (probes === "exact" && dequantization.of === "density");
    const right = "give a run its key, such as random.key(seed)";
    must(known, "option", `likelihood: probes and dequantization are drawn; ${right}.`);
    if (draws !== undefined) check(count, draws, "likelihood: draws");
  };

  const run = async (inputs: InputsFor<I>, running: LikelihoodRun): Promise<Likelihood> => {
    check(only(runOptions), running, "likelihood.run");
    checkRun(running);
    const { x, key = random.key(0), draws = 1, onStep, signal } = running;
    const n = x.shape[0]!;
    if (dequantization.levels) await checkOnLevels("likelihood", x, dequantization.levels, device);
    const all: Drawn[] = [];
    let evaluations = 0;
    for (let draw = 0; draw < draws; draw++) {
      const noised = drawn(x as JitArguments<Tensor>, key as JitArguments<random.Key>, draw);
      const empty = (): Float64Array => new Float64Array(n);
      const solved = { prior: empty(), divergence: empty(), variance: empty() };
      try {
        await inParts("likelihood", noised.x, inputs, running, async (part) => {
          const told = ({ x: _, ...state }: WalkState) => onStep?.({ ...state, samples: part.first, of: n, draw });
          evaluations += await solve(part, noised.key, signal, told, solved);
        });
        all.push({ ...solved, dequantization: Float64Array.from((await noised.logDensity.data()) as Float32Array) });
      } finally {
        for (const tensor of leavesOf(noised)) tensor.dispose();
      }
    }
    const { standardError, ...found } = together(all, n);
    return {
      ...found,
      of: dequantization.of,
      dimensions: x.size / n,
      ...((probes === "exact" || probes.count > 1) && { standardError }),
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

  return compiledRun("likelihood", device, [walking, drawn, begun], run);
};
