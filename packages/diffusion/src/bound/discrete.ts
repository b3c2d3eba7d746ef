/// <reference lib="esnext.disposable" preserve="true" />
import { choice, only } from "@isoflop/spec";
import { add, cast, type Device, jit, mul, random, square, sub, type Tensor } from "@isoflop/tensor";
import { numbers, tensors } from "../arithmetic.js";
import { normalBySample } from "../by-sample.js";
import { check, checkNetwork, count } from "../checks.js";
import { answerAt, type ClipBounds, checkClip, type Moment, momentAt, type NetworkReading } from "../course.js";
import { excess, gaussianKl } from "../ddpm/gaussian-kl.js";
import { compiledRun } from "../device.js";
import { must } from "../errors.js";
import { checkReading, type Variance, variances } from "../objective.js";
import { isDiscrete } from "../paths/discrete.js";
import { checkTimes, type DenoiserOf } from "../sample.js";
import { type Bound, type BoundOf, errorOf, meanOf, perSample, priorKl } from "./bound.js";
import { type BoundDecoder, checkDecoder, decoded } from "./decoder.js";
import { ladder, type Rung } from "./ladder.js";
import { beginning, checkNats, type Program, runBound, runSizes } from "./run.js";

export interface DiscreteBoundOptions {
  /** Path and prediction of the network, and the variance of its steps: "fixedLarge" unless told. */
  readonly objective: NetworkReading;
  /** Equal steps from data to noise. Default: those of a discrete path. */
  readonly steps?: number;
  /** Rising times instead, the first of which is data. */
  readonly times?: readonly number[];
  /** Default "gaussian". */
  readonly decoder?: BoundDecoder;
  /** Keeps what the network takes for data within bounds, such as [-1, 1] for pixels: `clip_denoised`, as guided-diffusion's evaluation has it. */
  readonly clip?: ClipBounds;
  /** Needed only where neither x nor inputs have been computed yet. */
  readonly device?: Device;
}

/** What fixes a bound of discrete steps, to be told with it. */
export interface DiscreteBoundCard {
  readonly path: string;
  readonly steps: number;
  readonly variance: Variance;
  readonly clip: ClipBounds | undefined;
  readonly decoder: string;
  readonly draws: number;
}

export interface DiscreteBound extends Bound {
  /** What each step costs, the reconstruction first: nats of each sample, [steps][n]. */
  readonly terms: readonly Float64Array[];
  readonly card: DiscreteBoundCard;
}

const discreteOptions = ["objective", "steps", "times", "decoder", "clip", "device"] as const;

const timesOf = ({ path }: NetworkReading, { steps, times }: DiscreteBoundOptions): readonly number[] => {
  const what = "discreteBound";
  must(
    steps === undefined || times === undefined,
    "option",
    `${what}: steps and times are given; it takes one of them.`,
  );
  if (times !== undefined) {
    checkTimes(what, times);
    must(times[0]! < times[1]!, "option", `${what}: times are [${times.join(", ")}]; they rise, from data to noise.`);
    return times;
  }
  const many = steps ?? (isDiscrete(path) ? path.steps : undefined);
  must(
    many !== undefined,
    "option",
    `${what}: the ${path.name} path has no steps of its own; it takes steps, or times.`,
  );
  check(count, many, `${what}: steps`);
  return Array.from({ length: many + 1 }, (_, i) => i / many);
};

/** Numbers of a step, as data of its program. */
interface Numbers<T> {
  readonly alpha: T;
  readonly sigma: T;
  readonly ofData: T;
  readonly ofXt: T;
  readonly logSmall: T;
  readonly logLarge: T;
  /** Of the squared error of the data, and what a fixed variance costs for each number: where none is learned. */
  readonly weight: T;
  readonly constant: T;
  /** Log-variance that is not learned. */
  readonly logVariance: T;
  readonly moment: Moment<T>;
  readonly draw: T;
  readonly step: T;
}

/** What of the numbers is the same in every draw. */
type Fixed = Omit<Numbers<number>, "draw">;

/**
 * The variational bound of an ancestral process of discrete steps (Ho et al., arXiv 2006.11239, equation 5): KL at the last step + KL of every step from
 * what it would be with the data known + the decoder, as guided-diffusion's `calc_bpd_loop` adds them up. For discrete betas these are DDPM's
 * (`discretePath`); on another path the same posteriors are taken between its times. It asks the network once for every step.
 *
 * The network's noise is told by the path's sigma at the last time, where samplers start; DDPM's code has a standard normal there, which differs by a
 * square of what is left of the data.
 */
export const discreteBound = <I>(model: DenoiserOf<I>, options: DiscreteBoundOptions): BoundOf<I, DiscreteBound> => {
  const what = "discreteBound";
  checkNetwork(what, model);
  check(only(discreteOptions), options, what);
  const { objective: reading, clip, device } = options;
  checkReading(what, reading);
  const variance = check(choice(variances), reading.variance ?? "fixedLarge", `${what}: variance`);
  checkClip(what, clip);
  const decoder = checkDecoder(what, options.decoder ?? "gaussian");
  const times = timesOf(reading, options);
  const on = device ? { device } : {};

  const steps = ladder(reading.path, times).map((rung: Rung, step): Fixed => {
    const { t, logSmall, logLarge, ...rest } = rung;
    // The first step of DDPM's large variances has the second's small one, which decodes better.
    const logVariance = variance !== "fixedLarge" || step === 0 ? logSmall : logLarge;
    const wider = logVariance - logSmall;
    return {
      ...{ alpha: rest.alpha, sigma: rest.sigma, ofData: rest.ofData, ofXt: rest.ofXt },
      ...{ logSmall, logLarge, logVariance, step },
      weight: (rest.ofData ** 2 / 2) * Math.exp(-logVariance),
      constant: excess(numbers, wider) / 2,
      moment: momentAt(reading, "data", t, clip),
    };
  });

  const compiled = (last: boolean) =>
    jit((x: Tensor, inputs: I, key: random.Key, samples: Tensor, at: Numbers<Tensor>): Tensor => {
      const from = random.foldIn(random.foldIn(key, cast(at.draw, "u32")), cast(at.step, "u32"));
      const noise = normalBySample(from, samples, x.shape.slice(1));
      const xt = add(mul(x, at.alpha), mul(noise, at.sigma));
      const { value: data, range } = answerAt((y, t) => model(y, t, inputs), reading, at.moment, xt, clip);
      const learnedVariance = (told: Tensor): Tensor => {
        const share = mul(add(told, 1), 0.5);
        return add(mul(share, at.logLarge), mul(sub(1, share), at.logSmall));
      };
      if (last) {
        const mean = add(mul(data, at.ofData), mul(xt, at.ofXt));
        const logVariance = range ? learnedVariance(range) : at.logVariance;
        return perSample(decoded(decoder, x, mean, mul(logVariance, 0.5)));
      }
      if (!range) return add(mul(perSample(square(sub(x, data))), at.weight), mul(at.constant, x.size / x.shape[0]!));
      const before = { mean: mul(x, at.ofData), logVariance: at.logSmall };
      return perSample(
        gaussianKl(tensors, before, { mean: mul(data, at.ofData), logVariance: learnedVariance(range) }),
      );
    }, on) as unknown as Program;
  const [reconstruct, descend, begin] = [compiled(true), compiled(false), beginning(device)];

  const run: BoundOf<I, DiscreteBound>["run"] = async (inputs, running) => {
    const { n, dimensions, draws } = runSizes(what, running);
    const all = Array.from({ length: draws }, () => steps.map(() => new Float64Array(n)));
    const { squares, evaluations } = await runBound(
      { what, decoder, device },
      begin,
      inputs,
      running,
      draws * steps.length,
      async ({ x, inputs: some, samples, first, pending, evaluated }) => {
        for (const [draw, terms] of all.entries())
          for (const at of steps.toReversed()) {
            const program = at.step === 0 ? reconstruct : descend;
            const value = program(x, some, running.key, samples, { ...at, draw });
            await pending.add(value, (values) => terms[at.step]!.set(values, first));
            await evaluated();
          }
      },
    );
    const terms = steps.map((_, step) => meanOf(all.map((draw) => draw[step]!)));
    const { alpha, sigma } = steps.at(-1)!;
    const parts = {
      prior: squares.map((sum) => priorKl(sum, alpha, sigma)),
      diffusion: sumOf(terms.slice(1), n),
      reconstruction: terms[0]!,
    };
    const standardError = errorOf(all.map((draw) => sumOf(draw, n)));
    const nats = parts.prior.map((value, i) => value + parts.diffusion[i]! + parts.reconstruction[i]!);
    return {
      nats: checkNats(what, nats),
      of: decoder.of,
      dimensions,
      ...(standardError && { standardError }),
      parts,
      terms,
      evaluations,
      card: { path: reading.path.name, steps: steps.length, variance, clip, decoder: decoder.name, draws },
    };
  };

  return compiledRun(what, device, [reconstruct, descend, begin], run);
};

/** Of n samples, over terms. */
const sumOf = (terms: readonly Float64Array[], n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => terms.reduce((sum, term) => sum + term[i]!, 0));
