/// <reference lib="esnext.disposable" preserve="true" />
import { only } from "@isoflop/spec";
import { add, cast, type Device, div, exp, full, jit, mul, random, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { normalBySample, uniformBySample } from "../by-sample.js";
import { check, checkNetwork, count } from "../checks.js";
import { answerAt, type NetworkReading } from "../course.js";
import { uniform } from "../densities/uniform.js";
import { compiledRun } from "../device.js";
import { must } from "../errors.js";
import { loss } from "../loss.js";
import { checkReading, objective, rectifiedFlow } from "../objective.js";
import type { Path } from "../path.js";
import { checkTimes, type DenoiserOf } from "../sample.js";
import { unweighted } from "../weightings/unweighted.js";
import { type Bound, type BoundOf, errorOf, meanOf, perSample, priorKl } from "./bound.js";
import { type BoundDecoder, checkDecoder, decoded } from "./decoder.js";
import { beginning, checkNats, type Program, runBound, runSizes } from "./run.js";

/** log(sigma / alpha) at the ends unless told: VDM's log signal-to-noise of 13.3 at data, and as little signal as leaves e^-10 of it in the variance. */
const [LEAST_NOISE, MOST_NOISE] = [-6.65, 5] as const;

export interface VariationalBoundOptions {
  /** Path and prediction of the network. Default `rectifiedFlow()`. */
  readonly objective?: NetworkReading;
  /**
   * The times of the least and the most noise, rising: the bound holds for any. Default: those at which log(sigma / alpha) is -6.65 and 5, or the path's
   * ends where these are nearer.
   */
  readonly ends?: readonly [first: number, last: number];
  /** Levels of noise at which a draw asks the network, one from each of so many equal parts. Default 16. */
  readonly strata?: number;
  /** Whether every noise comes with its negative, at twice the evaluations. Default false. */
  readonly antithetic?: boolean;
  /** Default "gaussian". */
  readonly decoder?: BoundDecoder;
  /** Needed where neither x nor inputs have been computed yet, and for paths of tables. */
  readonly device?: Device;
}

/** What fixes a bound in continuous time, to be told with it. */
export interface VariationalBoundCard {
  readonly path: string;
  readonly times: readonly [first: number, last: number];
  readonly strata: number;
  readonly antithetic: boolean;
  readonly decoder: string;
  readonly draws: number;
}

export interface VariationalBound extends Bound {
  readonly card: VariationalBoundCard;
}

const boundOptions = ["objective", "ends", "strata", "antithetic", "decoder", "device"] as const;

/** log(sigma / alpha). @throws DiffusionError("singular") where it is infinite */
const noiseAt = (path: Path, t: number): number => {
  const { alpha, sigma } = path.at(t);
  const noise = Math.log(sigma / alpha);
  must(
    Number.isFinite(noise),
    "singular",
    `variationalBound: ends hold t = ${t}, where the ${path.name} path has sigma / alpha = ${sigma / alpha}; they take times at which data and noise are both left.`,
  );
  return noise;
};

/**
 * The variational bound in continuous time (Kingma et al., arXiv 2107.00630, equations 11 and 17): KL at the noisiest time + ½ ∫ E|noise - predicted noise|²
 * d log SNR + the reconstruction at the least noisy. That integral is the loss with `likelihoodWeighting` on noise; here it is one over log(sigma / alpha), in
 * which all levels of noise count alike, whatever the path: a draw asks once in each of `strata` equal parts, at times and with noise of each
 * sample's own. The reconstruction is by noise alone, p(x | z) ∝ q(z | x): a density's is D/2 log(2πe σ²/α²), exactly.
 *
 * In the mean over draws it is an upper bound of -log p(x) for any network; two networks, or two paths, are compared by it at the same ends.
 */
export const variationalBound = <I>(
  model: DenoiserOf<I>,
  options: VariationalBoundOptions = {},
): BoundOf<I, VariationalBound> => {
  const what = "variationalBound";
  checkNetwork(what, model);
  check(only(boundOptions), options, what);
  const { objective: given = rectifiedFlow(), antithetic = false, device } = options;
  checkReading(what, given);
  check(v.boolean("true or false"), antithetic, `${what}: antithetic`);
  const strata = check(count, options.strata ?? 16, `${what}: strata`);
  const decoder = checkDecoder(what, options.decoder ?? "gaussian");
  must(
    !given.path.on || device,
    "option",
    `${what}: the ${given.path.name} path reads tables; name a device (option \`device\`).`,
  );
  const path = given.path.on && device ? given.path.on(device) : given.path;
  const reading = { ...given, path };
  const [first, last] = endsOf(given.path, options.ends);
  const [low, high] = [noiseAt(given.path, first), noiseAt(given.path, last)];
  const aim = objective({
    path,
    prediction: given.prediction,
    errorIn: "noise",
    weighting: unweighted(),
    density: uniform(),
  });
  const on = device ? { device } : {};

  interface At {
    readonly draw: Tensor;
    readonly stratum: Tensor;
    readonly sign: Tensor;
  }
  const keysOf = (key: random.Key, { draw, stratum }: At) =>
    random.split(random.foldIn(random.foldIn(key, cast(draw, "u32")), cast(stratum, "u32")), 2) as [
      random.Key,
      random.Key,
    ];
  const integrand = jit((x: Tensor, inputs: I, key: random.Key, samples: Tensor, at: At): Tensor => {
    const [timeKey, noiseKey] = keysOf(key, at);
    const share = div(add(uniformBySample(timeKey, samples, []), at.stratum), strata);
    const t = path.timeAt(exp(add(mul(share, high - low), low))) as Tensor;
    const noise = mul(normalBySample(noiseKey, samples, x.shape.slice(1)), at.sign);
    const denoise = (xt: Tensor, time: Tensor): Tensor =>
      answerAt((y, s) => model(y, s, inputs), reading, { t: time }, xt, undefined).value;
    const dimensions = x.size / x.shape[0]!;
    return mul(loss(aim, denoise, { x, noise, t }), (dimensions * (high - low)) / strata);
  }, on) as unknown as Program;
  const reconstruction = jit((x: Tensor, key: random.Key, samples: Tensor, draw: Tensor): Tensor => {
    const noise = normalBySample(
      random.foldIn(random.foldIn(key, cast(draw, "u32")), strata),
      samples,
      x.shape.slice(1),
    );
    return perSample(decoded(decoder, x, add(x, mul(noise, Math.exp(low))), full([], low)));
  }, on) as unknown as Program;
  const begin = beginning(device);
  const signs = antithetic ? [1, -1] : [1];

  const run: BoundOf<I, VariationalBound>["run"] = async (inputs, running) => {
    const { n, dimensions, draws } = runSizes(what, running);
    const sums = Array.from({ length: draws }, () => ({ terms: new Float64Array(n), ends: new Float64Array(n) }));
    const { squares, evaluations } = await runBound(
      { what, decoder, device },
      begin,
      inputs,
      running,
      draws * strata * signs.length,
      async ({ x, inputs: some, samples, first: from, pending, evaluated }) => {
        const adding = (into: Float64Array, share: number) => (values: ArrayLike<number>) => {
          for (let i = 0; i < values.length; i++) into[from + i]! += values[i]! * share;
        };
        for (const [draw, { terms, ends }] of sums.entries()) {
          if (decoder.levels) await pending.add(reconstruction(x, running.key, samples, draw), adding(ends, 1));
          for (let stratum = 0; stratum < strata; stratum++)
            for (const sign of signs) {
              const value = integrand(x, some, running.key, samples, { draw, stratum, sign });
              await pending.add(value, adding(terms, 1 / signs.length));
              await evaluated();
            }
        }
      },
    );
    const { alpha, sigma } = given.path.at(last);
    // What a normal of the least noise costs on the mean over that noise.
    const exact = (dimensions / 2) * (Math.log(2 * Math.PI) + 1 + 2 * low);
    const parts = {
      prior: squares.map((sum) => priorKl(sum, alpha as number, sigma as number)),
      diffusion: meanOf(sums.map(({ terms }) => terms)),
      reconstruction: decoder.levels ? meanOf(sums.map(({ ends }) => ends)) : new Float64Array(n).fill(exact),
    };
    const standardError = errorOf(sums.map(({ terms, ends }) => terms.map((value, i) => value + ends[i]!)));
    const nats = parts.prior.map((value, i) => value + parts.diffusion[i]! + parts.reconstruction[i]!);
    return {
      nats: checkNats(what, nats),
      of: decoder.of,
      dimensions,
      ...(standardError && { standardError }),
      parts,
      evaluations,
      card: { path: given.path.name, times: [first, last], strata, antithetic, decoder: decoder.name, draws },
    };
  };

  return compiledRun(what, device, [integrand, reconstruction, begin], run);
};

const endsOf = (path: Path, told: readonly [number, number] | undefined): readonly [number, number] => {
  if (told === undefined) return [path.timeAt(Math.exp(LEAST_NOISE)), path.timeAt(Math.exp(MOST_NOISE))];
  checkTimes("variationalBound", told);
  must(
    told.length === 2 && told[0] < told[1],
    "option",
    `variationalBound: ends are [${told.join(", ")}]; they take two times that rise.`,
  );
  return told;
};
