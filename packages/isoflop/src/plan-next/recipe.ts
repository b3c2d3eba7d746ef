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
import { computeConvention, placeOf, type RunSpec, runSpec } from "@isoflop/sweep";
import { inputError } from "../exit.js";
import { unlikeRecipes } from "../runs/alike.js";
import { learningRateLaw, type Rated } from "./learning-rate.js";

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
 * @throws CliError naming what differs, where that is more than size, steps, seed and a learning rate that is a power of width and tokens
 */
export const recipeOf = (runs: readonly Trained[], asked?: LadderRuleName): Recipe => {
  const unlike = unlikeRecipes(runs);
  if (unlike !== undefined) throw inputError(`the runs were not trained alike: ${unlike}`);
  const [{ spec: template }] = runs as readonly [Trained, ...Trained[]];
  const ladder = ladderOf(runs, asked);
  const learningRate = learningRateLaw(runs.map(ratedOf));
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
      const optimizer = { ...template.optimizer, learningRate: learningRate(config.width, steps * stepTokens) };
      return runSpec({ ...template, optimizer, model: config, steps, seed, budget: steps * size.stepFlops });
    },
  };
};

const ratedOf = ({ id, spec }: Trained): Rated => ({
  ...{ id, width: spec.model.width, rate: spec.optimizer.learningRate },
  tokens: placeOf(spec).tokens,
});

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
