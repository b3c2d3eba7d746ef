/** A constant of a run, as its log says it. */
export type Value = number | string;

export type Values = Readonly<Record<string, Value>>;

/** What a log says at one moment. */
export interface Entry {
  /** Undefined where the log counts none. */
  readonly step?: number | undefined;
  /** Wall-clock seconds since any moment that all entries of the log share. */
  readonly seconds?: number | undefined;
  readonly values: Values;
}

/** How a run ended, where its log says so. */
export type RunState = "finished" | "running" | "crashed";

/** One run as its log tells it. */
export interface Log {
  readonly name: string;
  /** Where it was read. */
  readonly file: string;
  readonly format: string;
  /** By which a service knows the run, through resumes. */
  readonly id?: string | undefined;
  /** What is the same all along, by name; nested names with points between. */
  readonly config: Values;
  /** In the order in which they were written; one alone is all that is known of a run. */
  readonly entries: readonly Entry[];
  readonly state?: RunState | undefined;
  /** What its format says of it that a person should know. */
  readonly notices: readonly Notice[];
}

export const noticeKinds = [
  "truncated",
  "corrupt",
  "repeated-steps",
  "sampled",
  "not-finite",
  "unfinished",
  "same-run",
  "epochs",
  "step-zero",
  "utilisation",
  "units",
  "no-history",
  "incomplete",
  "columns",
] as const;

/** Something about runs that a person should know before fitting. */
export interface Notice {
  readonly kind: (typeof noticeKinds)[number];
  readonly runs: readonly string[];
  readonly message: string;
}
