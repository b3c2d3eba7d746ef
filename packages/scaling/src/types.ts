/** Training compute in FLOPs (one multiply-add is two). */
export type Flops = number;
/** Number of parameters, in units of one. */
export type Parameters = number;
/** Number of training tokens, in units of one. */
export type Tokens = number;
/** A positive loss; nats for likelihoods, mean squared error for flow and ε-prediction losses. */
export type Loss = number;

/** A closed interval, lower end first. */
export type Interval = readonly [lower: number, upper: number];

/** A number with its standard error and 95 % interval, all in the number's own unit. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly ci95: Interval;
}

/** A predicted number: where the fit lies and where one new measurement falls, both at 95 %, each where it is known. */
export interface Predicted {
  readonly value: number;
  readonly ci95?: Interval;
  readonly interval95?: Interval;
}

/** A predicted number, and where one new measurement falls at 95 %. */
export type Measurement = Required<Omit<Predicted, "ci95">>;

/** Training FLOPs of a model of size N on D tokens; increasing in both. */
export type FlopRule = (N: Parameters, D: Tokens) => Flops;

/** One trained model: the unit of every fit here. */
export interface Run {
  readonly C: Flops;
  readonly N: Parameters;
  readonly D: Tokens;
  readonly loss: Loss;
  /** Known standard error of `loss`, in the unit of the loss. */
  readonly sigma?: number;
  readonly seed?: number;
  readonly label?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Known standard errors of `metrics`, by their names and in their units. */
  readonly standardErrors?: Readonly<Record<string, number>>;
  /** Further predictors of the loss by name, for forms that ask for them: U (unique tokens), all parameters of a mixture of experts, … */
  readonly inputs?: Readonly<Record<string, number>>;
  /** 1-based data row this run was read from. */
  readonly row?: number;
}

export const refusalReasons = [
  "edge-minimum",
  "not-convex",
  "too-few-sizes",
  "too-few-budgets",
  "too-few-points",
  "unidentified",
  "stopped-early",
  "unreachable",
  "too-many-failed-resamples",
] as const;

/** Why a fit would not answer. */
export type RefusalReason = (typeof refusalReasons)[number];

/** A fit that declined: the reason is typed, and there is no number to misuse. */
export interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  readonly message: string;
}

/** Either an answer or a typed refusal; test `ok` first. */
export type Outcome<T> = ({ readonly ok: true } & T) | Refusal;

/** How an iterative fit ended. Only `converged` may be quoted without a caveat. */
export type FitStatus = "converged" | "bound" | "unidentified" | "stopped-early";

export const refuse = (reason: RefusalReason, message: string): Refusal => ({ ok: false, reason, message });

/** The answer of an outcome, or a thrown `Error` with the refusal's own words: for scripts that want to stop there. */
export const expectOk = <T>(outcome: Outcome<T>): { readonly ok: true } & T => {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.message}`);
  return outcome;
};
