import type { Interval } from "../study/types.js";

/** What stands on an axis. */
export interface Quantity {
  /** Words with the unit, e.g. "model size N, parameters". */
  readonly label: string;
  /** `count` writes 25.3k and 1.2B, `scientific` 3×10²¹; `plain`, the default, whichever digits tell the ticks apart. */
  readonly format?: "count" | "scientific" | "plain";
}

/** One trained model. */
export interface FitRun {
  /** Training compute, FLOPs. */
  readonly compute: number;
  /** Model size N, parameters. */
  readonly params: number;
  /** Measured loss. */
  readonly loss: number;
  /** Shown where a run is named, e.g. "row 12". */
  readonly label?: string;
}

/** The compute-optimal size at one compute. */
export interface FrontierPoint {
  /** FLOPs. */
  readonly compute: number;
  /** N*, parameters. */
  readonly params: number;
  /** Pointwise 95 % band of N*; both ends or neither. */
  readonly low?: number | null;
  readonly high?: number | null;
}

/** A model that was asked about, in the plane of compute and size. */
export interface AskedModel {
  readonly compute: number;
  readonly params: number;
  /** 95 % intervals, where a coordinate is itself estimated. */
  readonly computeInterval?: Interval | null;
  readonly paramsInterval?: Interval | null;
  readonly label: string;
}

/** A fitted loss surface in the plane of compute and size. */
export interface SurfaceFigureData {
  /** `loss[i][j]` is predicted at `compute[i]` FLOPs and `params[j]` parameters; both increase, even steps in the logarithm read best. */
  readonly grid: {
    readonly compute: readonly number[];
    readonly params: readonly number[];
    readonly loss: readonly (readonly number[])[];
  };
  readonly runs?: readonly FitRun[];
  /** By increasing compute. */
  readonly frontier?: readonly FrontierPoint[];
  /** Compute beyond which the frontier is an extrapolation; by default that of the largest run. */
  readonly fittedTo?: number;
  readonly asked?: readonly AskedModel[];
  /** What C counts; "compute C, FLOPs" by default. */
  readonly computeLabel?: string;
  /** What is fitted; "loss" by default. */
  readonly quantity?: string;
}

/** A run of a fit with what the fit says of it. */
export interface ResidualPoint {
  readonly measured: number;
  readonly predicted: number;
  /** Abscissa, e.g. compute. */
  readonly at: number;
  /** What the colour shows, e.g. model size. */
  readonly size?: number;
  readonly label?: string;
}

/** The residuals of a fit. */
export interface ResidualsFigureData {
  readonly points: readonly ResidualPoint[];
  /** What `at` is. */
  readonly at: Quantity;
  /** What `size` is. */
  readonly size?: Quantity;
  /** What is measured and predicted; "loss" by default. */
  readonly quantity?: string;
  /** Of ln(measured / predicted), as the fit states it. */
  readonly standardDeviation?: number | null;
}

/** One abscissa of a fitted law. */
export interface LawPoint {
  readonly x: number;
  readonly y: number;
  /** Pointwise 95 % band of the law; both ends or neither. */
  readonly low?: number | null;
  readonly high?: number | null;
}

/** An estimate on an axis. */
export interface Place {
  readonly at: number;
  readonly ci95?: Interval | null;
}

/** A prediction of a law. */
export interface AskedPoint {
  readonly x: number;
  readonly y: number;
  /** Where the law is, at 95 %. */
  readonly ci95?: Interval | null;
  /** Where one new measurement falls, at 95 %. */
  readonly interval95?: Interval | null;
  /** The predicted value by default. */
  readonly label?: string;
}

/** A law y(x) with the points it was fitted to. */
export interface FittedLaw {
  /** Set above the law, e.g. its formula with numbers. */
  readonly title?: string;
  readonly x: Quantity;
  readonly y: Quantity;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The law by increasing x; drawn on log axes. */
  readonly curve: readonly LawPoint[];
  /** x beyond which the law is an extrapolation; by default that of the largest point. */
  readonly fittedTo?: number;
  /** The value the law goes to. 0 is not drawn: it has no place on a log axis. */
  readonly floor?: Place | null;
  /** Where a broken law changes its slope. */
  readonly breaks?: readonly Place[];
  readonly asked?: readonly AskedPoint[];
}

/** One of two laws that are compared. */
export interface ComparedLaw {
  readonly name: string;
  readonly curve: readonly LawPoint[];
  readonly points?: readonly { readonly x: number; readonly y: number }[];
  readonly fittedTo?: number;
}

/** Two laws at one compute. */
export interface ComparedAt {
  /** FLOPs. */
  readonly compute: number;
  /** Loss of A there. */
  readonly loss: number;
  /** Compute that B needs for that loss, over `compute`; null where B never reaches it. */
  readonly ratio: number | null;
  readonly ratioCi95?: Interval | null;
}

/** Two laws of the loss against compute. */
export interface ComparisonFigureData {
  readonly a: ComparedLaw;
  readonly b: ComparedLaw;
  readonly at?: readonly ComparedAt[];
  /** Compute at which the laws cross. */
  readonly crossing?: Place | null;
  /** What is compared; "loss" by default. */
  readonly quantity?: string;
}

/** A run that is still to be trained. */
export interface NextRun {
  readonly compute: number;
  readonly params: number;
  /** How often, with different seeds. */
  readonly count: number;
}

/** The next runs beside those there are. */
export interface NextRunsFigureData {
  readonly planned: readonly NextRun[];
  /** What the same compute would buy without a plan. */
  readonly evenGrid?: readonly NextRun[];
  readonly runs?: readonly Omit<FitRun, "loss">[];
  readonly frontier?: readonly FrontierPoint[];
  readonly fittedTo?: number;
  /** The extrapolation that is to become certain. */
  readonly target: { readonly compute: number; readonly params?: number; readonly paramsInterval?: Interval | null };
  readonly computeLabel?: string;
}

/** One estimate among several of the same quantity. */
export interface IntervalRow {
  /** How it was estimated, or from what. */
  readonly name: string;
  readonly value: number;
  /** 95 % interval; absent where it is unknown. */
  readonly interval?: Interval | null;
}

/** Estimates of one quantity beside each other. */
export interface IntervalsFigureData {
  /** What is estimated, and what the intervals are of. */
  readonly quantity: Quantity;
  /** From top to bottom. */
  readonly rows: readonly IntervalRow[];
  /** What the rows are held against: a truth, or a published value. */
  readonly reference?: { readonly at: number; readonly label: string } | null;
  /** A log axis; all numbers are positive then. Linear by default. */
  readonly log?: boolean;
}

/** Work of one part of a model. */
export interface PartWork {
  readonly name: string;
  readonly forward: number;
  readonly backward: number;
}

/** Work of a model by part. */
export interface PartsFigureData {
  readonly parts: readonly PartWork[];
  /** E.g. "FLOPs per sample". */
  readonly unit: string;
}
