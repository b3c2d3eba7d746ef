import type {
  FitPrediction,
  Interval,
  IsoFlop,
  JointFit,
  LinkFit,
  Outcome,
  Predicted,
  RollOut,
  SeedNoise,
} from "@isoflop/scaling";
import { listOf, type Several } from "../chart/several.js";
import type { Sample } from "../figures/sample.js";
import type { RunCurve, StudyRun } from "../figures/training.js";

/** A run as a study shows it. Its C is that of its budget: equal to the C of the budget of the fit it belongs to. */
export interface TimedRun extends StudyRun {
  /** Wall-clock seconds. */
  readonly seconds: number;
  /** Of the model's hidden layers. */
  readonly width?: number;
  /** Blocks. */
  readonly depth?: number;
  /** Its peak. */
  readonly learningRate?: number;
  /** How often it saw each of its training images; absent where they do not repeat. */
  readonly epochs?: number;
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
  readonly N: number;
  readonly D: number;
  readonly loss: number;
}

/** How a study foresees its held-out budget, by the names of `isoflop predict --method`, and what they are called. */
export const methodNames = {
  rollout: "the roll-out of forms of surface",
  joint: "the joint fit of all isoFLOP curves",
  isoflop: "Approach 2 (isoFLOP)",
  surface: "one surface (chinchilla)",
} as const;

/** What one method said of the held-out budget before anything was trained there. */
export interface HeldOutMethod {
  readonly method: keyof typeof methodNames;
  /** Size that it holds for the best there. */
  readonly N: Predicted;
  /** Of the size that is trained. */
  readonly loss: Predicted;
}

/** A larger compute that takes no part in the fit: predicted first, measured afterwards. */
export interface HeldOutCheck {
  readonly prediction: FitPrediction;
  /** What each method said, that of the prediction first; absent in studies that knew of one only. */
  readonly methods?: readonly HeldOutMethod[];
  readonly measured?: { readonly loss: number; readonly sigma: number };
  /** Id of the run that tests it: several of one compute are sizes about its optimum. */
  readonly run?: string;
}

/** The least loss that any model can have on the validation's samples: no floor of a law lies below it. */
export interface StudyFloor {
  readonly value: number;
  readonly standardError: number;
  /** What it takes for known of the images: that they are of a split, or "all", of what there was before some were held out. */
  readonly prior: string;
}

/** The file that a study was made from, all defaults filled in. */
export interface StudyFile {
  readonly name: string;
  /** Of all that decides the study. */
  readonly hash?: string;
  /** As YAML. */
  readonly text: string;
}

/** A module of the user's own that takes part in the runs. */
export interface StudyModule {
  readonly path: string;
  /** Hash of its text and of all that it imports beside it. */
  readonly digest: string;
}

/** A short run that was made to find a learning rate. */
export interface TunedRun {
  readonly id?: string;
  readonly width: number;
  readonly learningRate: number;
  readonly loss: number;
  /** Standard error of the loss. */
  readonly sigma?: number;
}

/** How the learning rate was found. */
export interface StudyTune {
  /** What came out, in words, such as "0.0115 · (32 / width)^0.15". */
  readonly rule: string;
  /** What the rule gives at some widths, increasing: the curve that is drawn. */
  readonly curve: readonly { readonly width: number; readonly learningRate: number }[];
  readonly runs: readonly TunedRun[];
  /** The best learning rate of each width, by what was fitted to its runs. */
  readonly optima?: readonly { readonly width: number; readonly learningRate: number; readonly ci95?: Interval }[];
  /** What else a reader should know of it. */
  readonly notes?: readonly string[];
}

/** What a study finds of one quantity of its runs: laws through the smaller budgets, what they say of what is held out, and what came. */
export interface QuantityResults {
  /** What was fitted to the runs of the smaller budgets; its laws may have been refused. */
  readonly fit?: IsoFlop;
  /** The mixture over forms of surface that speaks for the quantity: the law that is drawn and printed. Absent where runs are too few for one. */
  readonly rollOut?: RollOut;
  /** All isoFLOP curves in one fit, which gives the local exponents, with and without the smallest budgets. */
  readonly joint?: JointFit;
  /** Computed, not fitted; absent where nobody knows it. */
  readonly floor?: StudyFloor;
  /** How much runs differ that differ in their seeds alone; absent where no run has a replicate. */
  readonly noise?: SeedNoise;
  /** One check, or several, each of its own compute or size. In it and in the fits "loss" is the quantity. */
  readonly heldOut?: Several<HeldOutCheck>;
}

/** Those of a metric that was measured of every run. */
export interface MetricResults extends QuantityResults {
  /** Among the `metrics` of the runs. */
  readonly name: string;
  /** What is fitted and drawn, in short: `vlb`, `nll + 7` where so much is added, or `1 - recall`. */
  readonly title: string;
  /**
   * What is added to every value before anything is fitted, as the forms of laws are of what is positive. Parabolas and their minima do not depend on
   * it; a power law of the metric itself does.
   */
  readonly offset?: number;
  /** More of the metric is better: what is fitted is what it leaves of `offset`, 1 - recall. */
  readonly higher?: boolean;
  /** Why nothing is said of it beyond the fitted budgets. */
  readonly refused?: string;
  /** The metric as a function of the loss, with a test for a break. */
  readonly link?: Outcome<LinkFit>;
}

/** A study as `summary.json` holds it. Runs may still be missing, and what follows from them. What was found is first of the loss. */
export interface StudySummary extends QuantityResults {
  readonly record: "study";
  readonly preset: string;
  readonly device: { readonly backend: string; readonly [detail: string]: unknown };
  /** Where the pictures come from; `details` are sizes, splits and whatever else decides what the model saw. */
  readonly data: {
    readonly name: string;
    readonly source?: string;
    readonly licence?: string;
    readonly details?: string;
    /** Images that there are to train on; absent where they never end. */
    readonly images?: number;
    /** What became of the files: images that were skipped, words that the table has no place for. */
    readonly notes?: readonly string[];
  };
  /** Wall-clock seconds of the whole study so far. */
  readonly seconds: number;
  /** Every run that is done, held-out ones among them. */
  readonly runs: readonly TimedRun[];
  /** The same of each metric. */
  readonly quantities?: readonly MetricResults[];
  /** SHA-256, or its first digits, of what was said of the held-out budgets, as it stood before anything was trained there. */
  readonly seal?: string;
  /** Runs that the study will have when it is finished. */
  readonly plannedRuns?: number;
  readonly choices?: Choices;
  readonly published?: PublishedExponents;
  readonly file?: StudyFile;
  readonly modules?: readonly StudyModule[];
  readonly tune?: StudyTune;
  /**
   * Seconds of wall clock by phase, e.g. { training: 210, validation: 30 }. What is {@link summedOverThreads} overlaps with the phases, and
   * is told beside them.
   */
  readonly timings?: Readonly<Record<string, number>>;
  /** Shell commands that make this study again, one per line. */
  readonly reproduce?: string;
}

/** What a study's report is drawn from: its summary, and what is too large for that. */
export interface DrawnStudy extends StudySummary {
  readonly curves?: readonly RunCurve[];
  readonly samples?: readonly Sample[];
  /** What stands in the place of the loss. Default `loss`. */
  readonly quantity?: string;
  /** Where the loss is a metric to which so much was added: see {@link MetricResults.offset}. */
  readonly offset?: number;
}

/** Name of the time that all threads together took to train, among `timings`. */
export const summedOverThreads = "training alone, all threads";

/** The checks of a study, in the order of their compute, and of their size. */
export const heldOutOf = ({ heldOut }: Pick<StudySummary, "heldOut">): readonly HeldOutCheck[] =>
  [...listOf(heldOut)].sort(({ prediction: { given: a } }, { prediction: { given: b } }) => {
    return (a.C ?? 0) - (b.C ?? 0) || (a.N ?? 0) - (b.N ?? 0);
  });
