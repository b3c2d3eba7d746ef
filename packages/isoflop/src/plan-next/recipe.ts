import {
  type DitConfig,
  type Flops,
  type LadderRuleName,
  ladderRules,
  type Parameters,
  parameters,
  stepFlops,
  type Tokens,
  tokensPerSample,
} from "@isoflop/flops";
import { computeConvention, type RunSpec, runSpec } from "@isoflop/sweep";
import { inputError } from "../exit.js";
import { unlikeRecipes } from "../runs/alike.js";

/** A size that a recipe can train. */
export interface Size {
  readonly config: DitConfig;
  /** Parameters that take part in products. */
  readonly N: Parameters;
  readonly stepFlops: Flops;
}

/** How the runs of a folder were trained: what a new one of another size, length or seed is like. */
export interface Recipe {
  readonly ladder: LadderRuleName;
  /** The steps of the ladder, by size. */
  readonly sizes: readonly Size[];
  /** D of one step, the same at every size. */
  readonly stepTokens: Tokens;
  /** C of a token at a size of the ladder. */
  flopsPerToken(N: Parameters): Flops;
  specOf(run: { readonly N: Parameters; readonly steps: number; readonly seed: number }): RunSpec;
}

/** A run, as far as its recipe goes. */
export interface Trained {
  readonly id: string;
  readonly spec: RunSpec;
}

/** The ladder goes so far beyond the widest model that was trained. */
const BEYOND = 8;
const STEP = 8;

/**
 * What the runs have in common.
 * @param asked the ladder, where their sizes are on several
 * @throws CliError naming what differs, where that is more than size, steps, seed and a learning rate that is a power of the width
 */
export const recipeOf = (runs: readonly Trained[], asked?: LadderRuleName): Recipe => {
  const unlike = unlikeRecipes(runs);
  if (unlike !== undefined) throw inputError(`the runs were not trained alike: ${unlike}`);
  const [{ spec: template }] = runs as readonly [Trained, ...Trained[]];
  const ladder = ladderOf(runs, asked);
  const learningRate = learningRateOf(runs);
  const { model, batch } = template;
  const sizes = widthsOf(runs).flatMap((width): Size[] => {
    const size = sizeAt(ladder, width);
    if (!size) return [];
    const config: DitConfig = { ...model, ...size };
    return [{ config, N: parameters(config).nonEmbedding, stepFlops: stepFlops(config, batch, computeConvention) }];
  });
  const stepTokens = batch * tokensPerSample(model);
  return {
    ...{ ladder, sizes, stepTokens },
    flopsPerToken: (N) => perStep(sizes, N) / stepTokens,
    specOf: ({ N, steps, seed }) => {
      const size = sizes.find((one) => one.N === N);
      if (!size) throw new Error(`no size of the ladder has ${N} parameters`);
      const { config } = size;
      const optimizer = { ...template.optimizer, learningRate: learningRate(config.width) };
      return runSpec({ ...template, optimizer, model: config, steps, seed, budget: steps * size.stepFlops });
    },
  };
};

/** FLOPs of a step at a size; between two of the ladder along the line through both in logarithms, for who looks for a size. */
const perStep = (sizes: readonly Size[], N: Parameters): Flops => {
  const above = sizes.findIndex((size) => size.N >= N);
  const at = above < 0 ? sizes.length - 1 : above;
  const [low, high] = [sizes[Math.max(0, at - 1)]!, sizes[at]!];
  if (high.N === N || low === high) return high.N === N ? high.stepFlops : (high.stepFlops * N) / high.N;
  const slope = Math.log(high.stepFlops / low.stepFlops) / Math.log(high.N / low.N);
  return high.stepFlops * (N / high.N) ** slope;
};

const widthsOf = (runs: readonly Trained[]): number[] => {
  const widest = BEYOND * Math.max(...runs.map(({ spec }) => spec.model.width));
  return Array.from({ length: Math.floor(widest / STEP) }, (_, i) => STEP * (i + 1));
};

const names = Object.keys(ladderRules) as readonly LadderRuleName[];

/** A width that a ladder does not have is none of its sizes. */
const sizeAt = (ladder: LadderRuleName, width: number) => {
  try {
    return ladderRules[ladder](width);
  } catch {
    return undefined;
  }
};

const ladderOf = (runs: readonly Trained[], asked: LadderRuleName | undefined): LadderRuleName => {
  const onto = (ladder: LadderRuleName) =>
    runs.find(({ spec: { model } }) => {
      const size = sizeAt(ladder, model.width);
      return size?.depth !== model.depth || size.heads !== model.heads;
    });
  if (asked !== undefined) {
    const off = onto(asked);
    if (!off) return asked;
    const { width, depth, heads } = off.spec.model;
    throw inputError(
      `run ${off.id} of width ${width}, depth ${depth} and ${heads} heads is not on the ladder "${asked}"`,
    );
  }
  const found = names.filter((ladder) => onto(ladder) === undefined);
  // The first is the one a new run is trained with where nothing is said.
  const usual = found.includes("shallow") ? "shallow" : found[0];
  if (usual !== undefined) return usual;
  throw inputError(`the sizes of these runs follow none of the ladders ${names.join(", ")}: larger ones are not known`);
};

/** Rates of one law differ from it by rounding. */
const SAME = 1e-6;

/** Peak learning rate by width: one for all, or a power of the width. */
const learningRateOf = (runs: readonly Trained[]): ((width: number) => number) => {
  const rates = new Map<number, number>();
  for (const { id, spec } of runs) {
    const { width } = spec.model;
    const { learningRate } = spec.optimizer;
    const before = rates.get(width) ?? learningRate;
    if (Math.abs(before / learningRate - 1) > SAME)
      throw inputError(
        `runs of width ${width} have learning rates ${before} and ${learningRate} (run ${id}): a new run's is not known`,
      );
    rates.set(width, learningRate);
  }
  const points = [...rates].sort(([a], [b]) => a - b);
  const [narrow, wide] = [points[0]!, points.at(-1)!];
  const exponent = narrow[0] === wide[0] ? 0 : Math.log(wide[1] / narrow[1]) / Math.log(wide[0] / narrow[0]);
  const rule = (width: number) => rates.get(width) ?? narrow[1] * (width / narrow[0]) ** exponent;
  const off = points.find(([width, rate]) => Math.abs((narrow[1] * (width / narrow[0]) ** exponent) / rate - 1) > SAME);
  if (off === undefined) return rule;
  throw inputError(
    `the learning rate is no power of the width: ${off[1]} at width ${off[0]}, beside ${narrow[1]} at ${narrow[0]} and ${wide[1]} at ${wide[0]}; a new run's is not known`,
  );
};
