import { badOption } from "../errors.js";
import { bisect } from "../math/search.js";
import type { Flops, Parameters, Tokens } from "../types.js";
import type { Priced } from "./seconds.js";

/** What a run must be like that can be made. */
export interface PlanLimits {
  /** Compute of single runs. Default: what the allowance pays for, and a 200th of it. */
  readonly runCompute?: readonly [Flops, Flops] | undefined;
  /** Sizes within this factor of the optimum of their compute are considered. Default 8. */
  readonly sizeFactor?: number | undefined;
  /** The smallest size and the largest. */
  readonly sizeRange?: readonly [Parameters, Parameters] | undefined;
  /** The only sizes there are: a list, or the steps of a ladder. */
  readonly sizes?: readonly Parameters[] | undefined;
  /** Tokens of a run at least: with fewer than any run so far the surface is only said to hold. */
  readonly leastTokens?: Tokens | undefined;
  /** Tokens of a run at most: where there are no more that are unique. */
  readonly mostTokens?: Tokens | undefined;
  /** Tokens of one step: runs are whole steps of it. */
  readonly batchTokens?: Tokens | undefined;
  /** Steps of a run at most; needs `batchTokens`. */
  readonly mostSteps?: number | undefined;
  /** What training a size takes, in bytes: so many per parameter, or a function of the size that grows with it; and what there is. */
  readonly memory?: { readonly bytes: number | ((N: Parameters) => number); readonly most: number } | undefined;
  /** FLOPs of one token at a size. Default: k·N, with the k of the surface. */
  readonly flopsPerToken?: ((N: Parameters) => Flops) | undefined;
}

/** One of the limits, by itself. */
export interface Limit {
  /** With its value, for a reader: "the largest size, 1e9 parameters". */
  readonly words: string;
  /** The option without it. */
  without(limits: PlanLimits): PlanLimits;
  /** The sizes that it leaves at a compute; infinite where it says nothing of them. */
  sizes?(C: Flops): readonly [Parameters, Parameters];
  allows?(run: Priced): boolean;
}

const positive = (name: string, value: number | undefined, right: string): void => {
  if (value !== undefined && !(value > 0)) throw badOption(name, value, right);
};

const rising = (name: string, range: readonly [number, number] | undefined, what: string): void => {
  if (range && !(range[0] > 0 && range[1] >= range[0]))
    throw badOption(name, `${range[0]} … ${range[1]}`, `an ascending range of ${what}`);
};

/** @throws ScalingError `bad-option` naming the first that cannot be */
export const checkLimits = (limits: PlanLimits): void => {
  const { sizeFactor, sizes, leastTokens, mostTokens, batchTokens, mostSteps, memory } = limits;
  if (sizeFactor !== undefined && !(sizeFactor > 1)) throw badOption("sizeFactor", sizeFactor, "more than 1");
  rising("sizeRange", limits.sizeRange, "sizes");
  const bad = sizes?.find((N) => !(N > 0 && Number.isFinite(N)));
  if (bad !== undefined) throw badOption("sizes", bad, "positive numbers of parameters");
  if (sizes?.length === 0) throw badOption("sizes", "empty", "at least one size");
  positive("leastTokens", leastTokens, "a positive number of tokens");
  positive("mostTokens", mostTokens, "a positive number of tokens");
  positive("batchTokens", batchTokens, "a positive number of tokens");
  if (mostSteps !== undefined && !(Number.isInteger(mostSteps) && mostSteps > 0))
    throw badOption("mostSteps", mostSteps, "a positive whole number");
  if (mostSteps !== undefined && batchTokens === undefined)
    throw badOption("mostSteps", mostSteps, "batchTokens beside it: steps have no tokens otherwise");
  positive("memory.most", memory?.most, "a positive number of bytes");
  if (typeof memory?.bytes === "number") positive("memory.bytes", memory.bytes, "positive bytes per parameter");
};

/** A limit that is kept to the last digit is kept. */
const SLACK = 1 + 1e-9;
const ANY = [0, Number.POSITIVE_INFINITY] as const;

/** A number in an error. */
export const short = (value: number): string =>
  value >= 1e4 ? Number(value.toPrecision(4)).toExponential().replace("e+", "e") : String(value);

const dropped =
  <K extends keyof PlanLimits>(...names: K[]) =>
  (limits: PlanLimits): PlanLimits => ({ ...limits, ...Object.fromEntries(names.map((name) => [name, undefined])) });

/** Every limit that is in force. @param flopsPerToken of a size, growing with it */
export const limitsOf = (limits: PlanLimits, flopsPerToken: (N: Parameters) => Flops): readonly Limit[] => {
  const { sizeRange, sizes, leastTokens, mostTokens, batchTokens, mostSteps, memory } = limits;
  const out: Limit[] = [];
  /** The size at which a compute pays for just so many tokens: smaller ones see more. */
  const sizeFor = (C: Flops, D: Tokens) => sizeWhere((N) => flopsPerToken(N) * D, C);
  const tokens = (words: string, most: Tokens, name: "mostTokens" | "mostSteps"): Limit => ({
    words,
    without: dropped(name),
    sizes: (C) => [sizeFor(C, most), Number.POSITIVE_INFINITY],
    allows: ({ D }) => D <= most * SLACK,
  });
  if (sizeRange)
    out.push({
      words: `sizes from ${short(sizeRange[0])} to ${short(sizeRange[1])} parameters`,
      without: dropped("sizeRange"),
      sizes: () => sizeRange,
      allows: ({ N }) => N * SLACK >= sizeRange[0] && N <= sizeRange[1] * SLACK,
    });
  if (sizes)
    out.push({
      words: `the sizes ${sizes.slice(0, 4).map(short).join(", ")}${sizes.length > 4 ? ", …" : ""}`,
      without: dropped("sizes"),
    });
  if (leastTokens !== undefined)
    out.push({
      words: `at least ${short(leastTokens)} tokens`,
      without: dropped("leastTokens"),
      sizes: (C) => [0, sizeFor(C, leastTokens)],
      allows: ({ D }) => D * SLACK >= leastTokens,
    });
  if (mostTokens !== undefined) out.push(tokens(`at most ${short(mostTokens)} tokens`, mostTokens, "mostTokens"));
  if (batchTokens !== undefined)
    out.push({
      words: `whole steps of ${short(batchTokens)} tokens`,
      without: dropped("batchTokens", "mostSteps"),
      sizes: (C) => [0, sizeFor(C, batchTokens)],
    });
  if (batchTokens !== undefined && mostSteps !== undefined)
    out.push(tokens(`at most ${short(mostSteps)} steps`, mostSteps * batchTokens, "mostSteps"));
  if (memory) {
    const { bytes, most } = memory;
    const of = typeof bytes === "number" ? (N: Parameters) => bytes * N : bytes;
    const largest = sizeWhere(of, most);
    out.push({
      words: `memory of ${short(most)} bytes`,
      without: dropped("memory"),
      sizes: () => [0, largest],
      allows: ({ N }) => of(N) <= most * SLACK,
    });
  }
  return out;
};

const LARGEST = Math.log(1e18);

/** The size at which something that grows with it reaches a value; infinite where it never does. */
const sizeWhere = (f: (N: Parameters) => number, value: number): Parameters => {
  if (!(f(Math.exp(LARGEST)) > value)) return Number.POSITIVE_INFINITY;
  if (f(1) >= value) return 0;
  return Math.exp(bisect((lnN) => f(Math.exp(lnN)) - value, 0, LARGEST));
};

/** The sizes that all of the limits leave at a compute. */
export const sizesLeft = (limits: readonly Limit[], C: Flops): readonly [Parameters, Parameters] =>
  limits.reduce<readonly [Parameters, Parameters]>(([low, high], { sizes }) => {
    const [least, most] = sizes?.(C) ?? ANY;
    return [Math.max(low, least), Math.min(high, most)];
  }, ANY);
