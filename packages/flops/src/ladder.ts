import { configKeys, type DitConfig } from "./config.js";
import { FlopsError, integer, onlyKeys, positive } from "./errors.js";
import type { Flops } from "./units.js";

/** Depth and heads that go with a width. */
export interface Size {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

/**
 * One rule for every size: depth is width / 64 to the nearest block (SD3's rule, arXiv 2403.03206), heads are 64 wide
 * where 64 divides the width and 32 wide otherwise. Parameters then grow as 12·width³/64.
 * @throws FlopsError("config") unless 32 divides the width.
 */
export const sizeOf = (width: number): Size => {
  integer("config", "width", width);
  if (width % 32 !== 0) throw new FlopsError("config", `width is ${width}; the size rule needs a multiple of 32.`);
  return { width, depth: Math.max(1, Math.round(width / 64)), heads: width / (width % 64 === 0 ? 64 : 32) };
};

/** A model of a ladder. */
export interface NamedConfig {
  readonly name: string;
  readonly config: DitConfig;
}

/** Everything of a config but its size. */
export type Setup = Omit<DitConfig, keyof Size>;

const sizeKeys: readonly string[] = ["width", "depth", "heads"] satisfies readonly (keyof Size)[];

/** @throws FlopsError("config") if a set-up has unknown keys or a size, which the ladder would overwrite. */
export const checkSetup = (setup: Setup): void =>
  onlyKeys(
    "config",
    "the set-up",
    setup,
    configKeys.filter((key) => !sizeKeys.includes(key)),
  );

/**
 * The same set-up at several widths, sized by {@link sizeOf}.
 * @throws FlopsError("config")
 */
export const ladder = (setup: Setup, widths: readonly number[]): readonly NamedConfig[] => {
  checkSetup(setup);
  return widths.map((width) => {
    const size = sizeOf(width);
    return { name: `${setup.conditioning}-${size.width}x${size.depth}`, config: { ...setup, ...size } };
  });
};

/**
 * The set-up of arXiv 2410.08184: in-context, 256×256 pixels as 32×32×4 latents, patch 2, so 256 image tokens.
 * The text length of 120 and the feature width of 768 are our defaults; the paper's are not confirmed.
 */
export const paperSetup: Setup = {
  image: { height: 32, width: 32, channels: 4 },
  patch: 2,
  conditioning: "inContext",
  context: { kind: "features", tokens: 120, dim: 768 },
};

/** Widths from 1 M to 1 B parameters, at most a factor of 2 apart. */
export const paperWidths: readonly number[] = [
  160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536,
  1728,
];

/** The ladder of arXiv 2410.08184, 1 M to 1 B parameters; the paper gives the range, the rule is ours. */
export const paperLadder: readonly NamedConfig[] = ladder(paperSetup, paperWidths);

/** The paper's six fitted budgets, in FLOPs. */
export const paperBudgets: readonly Flops[] = [1e17, 3e17, 6e17, 1e18, 3e18, 6e18];

/** The budget the paper predicts and then trains at. */
export const paperHeldOutBudget: Flops = 1.5e21;

/** y = coefficient · C^exponent. */
export interface PowerLaw {
  readonly coefficient: number;
  readonly exponent: number;
}

/** The laws of arXiv 2410.08184, equations 5 to 8, as printed. 6·N·D gives C back within 1 %. */
export const paperLaws = {
  parameters: { coefficient: 0.0009, exponent: 0.5681 },
  tokens: { coefficient: 186.8535, exponent: 0.4319 },
  loss: { coefficient: 2.3943, exponent: -0.0273 },
  fid: { coefficient: 2.2566e6, exponent: -0.234 },
} as const satisfies Record<string, PowerLaw>;

/** @throws FlopsError("plan") unless `compute` is above 0. */
export const evaluate = ({ coefficient, exponent }: PowerLaw, compute: Flops): number =>
  coefficient * positive("plan", "compute", compute) ** exponent;
