/** `[low, high]`, low <= high. */
export type Interval = readonly [number, number];

/** One training run at the end of its budget. */
export interface Run {
  readonly id: string;
  /** Nominal compute budget, FLOPs. Runs with the same number belong to the same isoFLOP curve. */
  readonly budget: number;
  /** Model size N, parameters, counted as {@link Choices.parameters} says. */
  readonly params: number;
  /** Training tokens D seen, counted as {@link Choices.tokens} says. */
  readonly tokens: number;
  /** FLOPs really spent; differs from `budget` by the rounding of steps. */
  readonly flops: number;
  /** Final validation loss. */
  readonly loss: number;
  /** Standard error of `loss`. */
  readonly lossStdErr: number;
  /** Wall-clock seconds. */
  readonly seconds: number;
}

/** The vertex of one budget's parabola, loss = L* + (curvature / 2) ln(N / N*)^2. */
export interface IsoFlopOptimum {
  /** FLOPs; equals the `budget` of its runs. */
  readonly budget: number;
  /** N*, parameters; null when the budget was refused without a vertex. */
  readonly optimalParams: number | null;
  /** D*, tokens. */
  readonly optimalTokens: number | null;
  /** L*, the loss at the vertex. */
  readonly optimalLoss: number | null;
  /** False: the minimum is not inside the sampled sizes, and the budget took no part in the laws. */
  readonly interior: boolean;
  /**
   * d²L / d(ln N)² at the vertex. Without it the drawn parabola is the least-squares one through the vertex, which is
   * the fitted parabola itself when the fit was ordinary least squares over all runs of the budget.
   */
  readonly curvature?: number | null;
  /**
   * The fitted curve itself where it is no parabola of the loss: a spline, or a parabola of ln L. By increasing size, counted in
   * what the figure has on its axis. Takes the place of `curvature`.
   */
  readonly curve?: readonly { readonly size: number; readonly loss: number }[] | null;
  /** Why a budget was refused, in a few words. */
  readonly reason?: string | null;
}

/** One abscissa of a confidence band. */
export interface BandPoint {
  /** FLOPs. */
  readonly compute: number;
  readonly low: number;
  readonly high: number;
}

/** y(C) = coefficient · C^exponent + floor. */
export interface Law {
  readonly coefficient: number;
  readonly exponent: number;
  /** 95 % interval of the exponent. */
  readonly ci95: Interval;
  /** Irreducible term; 0 when absent. */
  readonly floor?: number | null;
  /** Pointwise 95 % band of the law, by increasing compute. Without it no band is drawn: none is guessed. */
  readonly band?: readonly BandPoint[] | null;
}

export interface Laws {
  /** N_opt(C), parameters. */
  readonly params: Law;
  /** D_opt(C), tokens. */
  readonly tokens: Law;
  /** L_opt(C). */
  readonly loss: Law;
}

/** The larger budget that took no part in the fit: predicted first, measured afterwards. */
export interface HeldOut {
  /** FLOPs. */
  readonly budget: number;
  readonly predictedLoss: number;
  /** 95 % prediction interval of the loss. */
  readonly interval95: Interval;
  /** Absent or null until the run has finished. */
  readonly measuredLoss?: number | null;
  readonly measuredStdErr?: number | null;
  /** (measured - predicted) / predicted. */
  readonly relativeError?: number | null;
}

/** Training loss of one run, in the order it was seen; arrays of equal length. */
export interface LossCurve {
  /** Id of the run in {@link Study.runs}. */
  readonly id: string;
  /** Tokens seen so far, increasing. */
  readonly tokens: readonly number[];
  /** Training loss at that point. */
  readonly loss: readonly number[];
}

/** A picture with three channels (red, green, blue), values in [-1, 1]; values outside are clamped. */
export interface Sample {
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  /** Order of `pixels`: "chw" is planar (3, H, W), "hwc" is interleaved (H, W, 3). */
  readonly layout: "chw" | "hwc";
  /** Length 3 · width · height. */
  readonly pixels: Float32Array | readonly number[];
  /** Samples of one group stand together under this name, e.g. "Generated" and "Validation data". */
  readonly group?: string;
}

export interface DataSource {
  readonly name: string;
  readonly source?: string;
  readonly licence?: string;
  /** Sizes, splits and whatever else decides what the model saw. */
  readonly details?: string;
}

/** What was decided, in words. A choice that is left out is reported as "not stated". */
export interface Choices {
  /** What stands on the axes and on which scale the parabola was fitted. */
  readonly axes?: string;
  /** Which parameters N counts (embeddings, text table, biases). */
  readonly parameters?: string;
  /** Which tokens D counts (image, text, time), and tokens per image. */
  readonly tokens?: string;
  /** FLOP convention: MAC or FLOP, attention, backward factor. */
  readonly flops?: string;
  /** How the validation loss was measured. */
  readonly loss?: string;
  /** How optimum and laws were fitted. */
  readonly fit?: string;
  /** Where the intervals come from. */
  readonly intervals?: string;
  /** Which runs were left out, and why. */
  readonly filters?: string;
  /** Objective, optimizer, batch and learning-rate rule. */
  readonly recipe?: string;
  readonly seeds?: readonly number[];
  /** Package or program to version. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Anything else worth stating, name to statement. */
  readonly other?: Readonly<Record<string, string>>;
}

/** Exponents published elsewhere, shown beside the study's own. */
export interface PublishedExponents {
  readonly source: string;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
}

/**
 * A scaling-law study as plain data: `summary.json`, and optionally curves, samples and choices. Every part but `runs`
 * may still be missing, so that a report can be made while the study runs.
 */
export interface Study {
  readonly preset: string;
  readonly device: { readonly backend: string; readonly [detail: string]: unknown };
  readonly data: string | DataSource;
  /** Wall-clock seconds of the whole study so far. */
  readonly seconds: number;
  readonly runs: readonly Run[];
  readonly isoflop: readonly IsoFlopOptimum[];
  readonly laws?: Laws | null;
  readonly heldOut?: HeldOut | null;
  /** Runs that the study will have when it is finished. */
  readonly plannedRuns?: number;
  readonly curves?: readonly LossCurve[];
  readonly samples?: readonly Sample[];
  readonly choices?: Choices;
  readonly published?: PublishedExponents;
  /** Seconds by phase, e.g. { training: 210, validation: 30 }. */
  readonly timings?: Readonly<Record<string, number>>;
  /** Shell commands that make this study again, one per line. */
  readonly reproduce?: string;
}

/** The parts of a study that most figures are drawn from. */
export type StudyNumbers = Pick<Study, "runs" | "isoflop" | "laws" | "heldOut">;
