import type {
  FitPrediction,
  LawChoice,
  Outcome,
  RefusalReason,
  SavedRecord,
  ShapeOptions,
  Side,
} from "@isoflop/scaling";
import type { NamedValues } from "../options/named.js";
import type { Page } from "../page/page.js";
import type { LoadedRuns } from "../runs/load.js";

/** Why the numbers of an answer may not be quoted without a caveat, or why there are none. */
export type AnswerStatus = "converged" | "bound" | RefusalReason;

/** How an answer stands. */
export interface Standing {
  /** False when there is nothing to predict with. */
  readonly ok: boolean;
  readonly status: AnswerStatus;
  /** What the status means, where it is not `converged`. */
  readonly message?: string | undefined;
}

/** What `isoflop predict` can ask. */
export interface Questions {
  readonly at?: readonly number[];
  readonly size?: number;
  readonly tokens?: number;
  readonly reach?: number;
  /** Which of several studies. */
  readonly study?: string;
  /** What a surface's form depends on beside N and D, by name. */
  readonly inputs?: Readonly<Record<string, number>>;
  /** Numbers of any name, beside those that have an option. */
  readonly with?: NamedValues;
  /** Shape of a learning-rate schedule, and how long it is. */
  readonly schedule?: string;
  readonly steps?: readonly number[];
  /** Table of a schedule. */
  readonly rates?: string;
  readonly shape?: ScheduleShape;
}

/** What else there is to say of a schedule's shape. */
export type ScheduleShape = Partial<Pick<ShapeOptions, "peak" | "warmup" | "finalShare" | "decayShare">>;

/** What the command line knows of a kind of fit, beside the schema of its record: one file `kind.ts` in its folder and a line in `kinds.ts`. */
export interface FitKind<F extends SavedRecord = SavedRecord> {
  /** Of the fit, and the word after `isoflop fit`. */
  readonly record: F["record"];
  standing(fit: F): Standing;
  readonly questions: readonly (keyof Questions)[];
  /** What is asked with which options and what the answer is, a line each, for a help text. */
  readonly help: readonly (readonly [options: string, answer: string])[];
  /** @throws CliError `usage` where too little is asked */
  answers(fit: F, asked: Questions): Outcome<FitPrediction>[];
  /** The fit with what was asked of it; loads what draws. */
  figures(
    fit: F,
    answers: readonly FitPrediction[],
    loaded: LoadedRuns | undefined,
    asked: Questions,
  ): Promise<Page["figures"]>;
  /** As one side of a comparison; absent where `compare` cannot take such a fit. @param law how a law of compute alone is taken */
  side?(name: string, fit: F, law: LawChoice | undefined): Outcome<Side>;
}
