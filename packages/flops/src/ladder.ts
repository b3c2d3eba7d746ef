import { configKeys, type DitConfig } from "./config.js";
import { FlopsError, integer, oneOf, onlyKeys, positive, shown } from "./errors.js";
import { type ParameterSet, parameterSets, parameters } from "./parameters.js";
import type { Parameters } from "./units.js";

/** Depth and heads that go with a width. */
export interface Size {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

/** One rule for every size of a study. @throws FlopsError("config") for a width that it has no size of. */
export type LadderRule = (width: number) => Size;

/** A rule for the multiples of `step`, with the blocks (one at least) and the width of a head at a width. */
const rule =
  (step: number, depth: (width: number) => number, headWidth: (width: number) => number): LadderRule =>
  (width) => {
    integer("config", "width", width);
    if (width % step !== 0) throw new FlopsError("config", `width is ${width}; this ladder has multiples of ${step}.`);
    return { width, depth: Math.max(1, depth(width)), heads: width / headWidth(width) };
  };

/** The rules by name. Another one is one more function. */
export const ladderRules = {
  /**
   * Depth is width / 64 to the nearest block (SD3, arXiv 2403.03206), heads are 64 wide where 64 divides the width and 32 wide
   * otherwise. Parameters grow as 12·width³ / 64.
   */
  sd3: rule(
    32,
    (width) => Math.round(width / 64),
    (width) => (width % 64 === 0 ? 64 : 32),
  ),
  /**
   * Depth is half the root of the width (16/2, 64/4, 256/8, 1024/16), so that parameters grow as 6·width^2.5; heads are 8 to 64 wide,
   * the widest that divides the width and leaves at least two.
   */
  halfRoot: rule(
    8,
    (width) => Math.round(Math.sqrt(width) / 2),
    (width) => [64, 32, 16].find((head) => width % head === 0 && width >= 2 * head) ?? 8,
  ),
  /**
   * One block for every 128 of the width, heads 8 wide. At budgets of minutes a wider model gains more than a deeper one, and a depth that
   * does not step keeps curves of loss against size smooth.
   */
  shallow: rule(
    8,
    (width) => Math.ceil(width / 128),
    () => 8,
  ),
} as const satisfies Readonly<Record<string, LadderRule>>;

export type LadderRuleName = keyof typeof ladderRules;

/** A model of a ladder. */
export interface NamedConfig {
  readonly name: string;
  readonly config: DitConfig;
}

/** Everything of a config but its size. */
export type Setup = Omit<DitConfig, keyof Size>;

/** @throws FlopsError("config") for a base width that the ladder has not */
const baseHeads = (baseWidth: number, rule: LadderRule): number => {
  try {
    return rule(baseWidth).heads;
  } catch (error) {
    if (!(error instanceof FlopsError)) throw error;
    throw new FlopsError("config", `parameterization.baseWidth is ${shown(baseWidth)}: ${error.message}`);
  }
};

/**
 * A set-up at a size. Under muP the base model has the heads that `rule` gives to its width, unless the set-up says how many.
 * @throws FlopsError("config") for a base width that the ladder has not
 */
export const sized = (setup: Setup, size: Size, rule: LadderRule): DitConfig => {
  const { parameterization } = setup;
  if (parameterization?.kind !== "muP" || parameterization.baseHeads !== undefined) return { ...setup, ...size };
  const heads = baseHeads(parameterization.baseWidth, rule);
  return { ...setup, ...size, parameterization: { ...parameterization, baseHeads: heads } };
};

const setupKeys = configKeys.filter((key) => key !== "width" && key !== "depth" && key !== "heads");

/**
 * The same set-up at several widths, sized by one rule.
 * @throws FlopsError("config"), also for a set-up with a size, which the ladder would overwrite.
 */
export const ladder = (setup: Setup, widths: readonly number[], rule: LadderRule): readonly NamedConfig[] => {
  onlyKeys("config", "the set-up", setup, setupKeys);
  return widths.map((width) => {
    const size = rule(width);
    return { name: `${setup.conditioning}-${size.width}x${size.depth}`, config: sized(setup, size, rule) };
  });
};

/** |ln N / centre| of a model. */
const distanceTo =
  (centre: Parameters, n: ParameterSet) =>
  ({ config }: NamedConfig): number =>
    Math.abs(Math.log(parameters(config)[n] / centre));

/**
 * The models whose N lies within a factor of `centre`: off-centre grids shift the vertex of a parabola.
 * @throws FlopsError("plan") unless `factor` is above 1.
 */
export const within = (
  models: readonly NamedConfig[],
  centre: Parameters,
  factor: number,
  n: ParameterSet = "trainable",
): readonly NamedConfig[] => {
  positive("plan", "centre", centre);
  oneOf("plan", "n", n, parameterSets);
  if (!(factor > 1)) throw new FlopsError("plan", `factor is ${shown(factor)}; it must be above 1.`);
  const distance = distanceTo(centre, n);
  return models.filter((model) => distance(model) <= Math.log(factor));
};

/**
 * The model whose N is nearest to `centre` in ratio, the first of two that are equally near.
 * @throws FlopsError("plan") if there are no models.
 */
export const nearest = (
  models: readonly NamedConfig[],
  centre: Parameters,
  n: ParameterSet = "trainable",
): NamedConfig => {
  positive("plan", "centre", centre);
  oneOf("plan", "n", n, parameterSets);
  const distance = distanceTo(centre, n);
  const [first] = models.map((model) => ({ model, far: distance(model) })).sort((a, b) => a.far - b.far);
  if (!first) throw new FlopsError("plan", "models is empty; the nearest of none is not there.");
  return first.model;
};
