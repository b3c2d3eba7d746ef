import type { DitConfig, Setup, Size } from "@isoflop/flops";
import { parameterCount } from "./count.js";
import { must } from "./errors.js";

/** Widths are multiples of this, so that every matrix divides into the kernels' tiles. */
const step = 8;
const narrowest = 8;
/** The widest that `sizeFor` gives: 2 B parameters. */
const widest = 2560;

/**
 * One rule for every size, 4 k to 2 B parameters: depth is half the square root of the width (16/2, 64/4, 256/8, 1024/16), so N
 * of an in-context model grows as 6 · width^2.5; heads are 8, 16, 32 or 64 wide, the widest that divides the width and leaves at
 * least two.
 *
 * @throws DitError("config") unless the width is a multiple of 8
 */
export const sizeOf = (width: number): Size => {
  const stands = Number.isSafeInteger(width) && width >= narrowest && width % step === 0;
  must(stands, "config", `width is ${width}; the ladder's widths are multiples of ${step} from ${narrowest}.`);
  const headWidth = [64, 32, 16].find((h) => width % h === 0 && width >= 2 * h) ?? 8;
  return { width, depth: Math.max(1, Math.round(Math.sqrt(width) / 2)), heads: width / headWidth };
};

/** How the learning rate falls with width: base · (baseWidth / width)^exponent. */
export interface LearningRateRule {
  /** The rate at `baseWidth`. */
  readonly base: number;
  readonly baseWidth: number;
  /** 1 is muP's law for the matrices inside a transformer under Adam (arXiv 2203.03466); 0 is one rate for all. */
  readonly exponent: number;
}

/** 3e-3 at width 32, falling as the root of the width: what a pilot at 1e11 to 1e12 FLOPs used across its sizes. */
export const rootRule: LearningRateRule = { base: 3e-3, baseWidth: 32, exponent: 0.5 };

/** @throws DitError("config") unless base and widths are above 0, the exponent is finite, and nothing else is there */
export const learningRateFor = (width: number, rule: LearningRateRule = rootRule): number => {
  const unknown = Object.keys(rule).find((key) => !(key in rootRule));
  const wrong = `The learning rate's rule has an unknown key ${JSON.stringify(unknown)}`;
  must(unknown === undefined, "config", `${wrong}; it takes ${Object.keys(rootRule).join(", ")}.`);
  const { base, baseWidth, exponent } = rule;
  for (const [field, value] of Object.entries({ width, base, baseWidth })) {
    const holds = Number.isFinite(value) && value > 0;
    must(holds, "config", `${field} is ${value}; a learning rate needs a finite number above 0.`);
  }
  must(Number.isFinite(exponent), "config", `exponent is ${exponent}; it must be a finite number.`);
  return base * (baseWidth / width) ** exponent;
};

/** One size of a ladder. */
export interface Rung {
  /** Width and depth, such as "64x4". */
  readonly name: string;
  readonly config: DitConfig;
  /** Trainable parameters. */
  readonly parameters: number;
  readonly nonEmbedding: number;
  readonly learningRate: number;
}

/** About 4 k to 1.5 B parameters, each at most 2.2 times the one before from width 16 on. */
export const ladderWidths: readonly number[] = [
  ...[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512],
  ...[640, 768, 896, 1024, 1152, 1280, 1536, 1792, 2048, 2304],
];

const rung = (setup: Setup, width: number, rule: LearningRateRule): Rung => {
  const size = sizeOf(width);
  const sized = Object.keys(size).find((key) => key in setup);
  const wrong = `The set-up has a ${sized} of its own; a ladder gives width, depth and heads.`;
  must(sized === undefined, "config", wrong);
  const config = { ...setup, ...size };
  const { trainable, nonEmbedding } = parameterCount(config);
  const learningRate = learningRateFor(width, rule);
  return { name: `${width}x${size.depth}`, config, parameters: trainable, nonEmbedding, learningRate };
};

/**
 * The same set-up at several widths, sized by {@link sizeOf}.
 * @throws FlopsError("config"), DitError("config")
 */
export const ladder = (
  setup: Setup,
  widths: readonly number[] = ladderWidths,
  rule: LearningRateRule = rootRule,
): readonly Rung[] => widths.map((width) => rung(setup, width, rule));

/**
 * The size whose trainable parameters are nearest to `parameters` in ratio, among all multiples of 8 as width.
 * @throws DitError("config") if the number lies outside what the rule reaches with this set-up
 */
export const sizeFor = (setup: Setup, parameters: number, rule: LearningRateRule = rootRule): Rung => {
  const [smallest, largest] = [rung(setup, narrowest, rule), rung(setup, widest, rule)];
  const [least, most] = [smallest.parameters, largest.parameters];
  const within = parameters >= least && parameters <= most;
  must(within, "config", `parameters is ${parameters}; this set-up reaches ${least} to ${most}.`);
  // N rises with width, so the neighbours of the wanted N are found by halving.
  let [low, high] = [narrowest, widest];
  while (high - low > step) {
    const middle = step * Math.round((low + high) / (2 * step));
    if (rung(setup, middle, rule).parameters <= parameters) low = middle;
    else high = middle;
  }
  const [below, above] = [rung(setup, low, rule), rung(setup, high, rule)];
  return parameters ** 2 < below.parameters * above.parameters ? below : above;
};
