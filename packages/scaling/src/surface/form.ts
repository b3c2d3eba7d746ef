import type { Named } from "@isoflop/spec";
import type { Loss } from "../types.js";
import type { DataScale, SurfaceData } from "./columns.js";

export type { DataScale };

/** k of C = k·N·D, where no one said otherwise (forward 2, backward 4; Kaplan et al. 2020). */
export const SIX = 6;

/** What a fit of a form works with; logarithms are natural and centred by the fit. One file in `forms/` and a line in its `index.ts`. */
export interface SurfaceForm extends Named {
  /** L(N, D) by the names of its parameters: "E + A/N^alpha + B/D^beta". */
  readonly formula: string;
  /** What the loss depends on beside N and D. */
  readonly inputs?: readonly SurfaceInput[];
  /** Names of the internal parameters θ, in order. */
  readonly theta: readonly string[];
  /** Its parameters as they are quoted, in order. */
  readonly parameters: readonly SurfaceParameter[];
  /**
   * ln L(θ; ln N, ln D), writing ∂ ln L / ∂θ into `gradient`.
   * @param inputs logarithms of the form's `inputs`, in their order
   */
  logLoss(
    theta: ArrayLike<number>,
    lnN: number,
    lnD: number,
    gradient: Float64Array,
    inputs: ArrayLike<number>,
  ): number;
  /** ln N and ln D from which θ of a surface is measured that is saved or quoted; both 0, that is N = D = 1, by default. */
  readonly origin?: { readonly N: number; readonly D: number };
  /** Axes of which the unit is part of the form, so that its origin stays where it is; none by default. */
  readonly anchored?: readonly ("N" | "D")[];
  /** The same surface when ln N and ln D are measured from other origins: new = old − shift. */
  recentre(theta: readonly number[], shiftN: number, shiftD: number): number[];
  /** What the loss goes to; 0 where there is no floor. */
  floor(theta: readonly number[]): Loss;
  /** About as good a surface with another floor, 0 among them, on centred axes: where a fit looks for floors far from its own. */
  withFloor?(theta: readonly number[], floor: Loss, scale: DataScale): number[];
  /** Its floor is no parameter that the runs speak of: it is the one that was measured, or 0. Taken where a floor is integrated out. */
  readonly floorKnown?: boolean;
  /** The terms whose balance is the optimum, where it is one of two powers; without it the optimum is searched for. */
  trade?(theta: readonly number[]): Trade;
  /** ln N of least loss among all N and D of one ln ND, where the form says it outright; then no search is needed. */
  optimum?(theta: readonly number[], lnND: number): number;
  /**
   * Standard deviations of θ about 0, by name, that are believed before any run is seen: of terms that only a long range of runs shows. Taken where
   * a floor is integrated out; a plain fit knows of none.
   */
  readonly prior?: Readonly<Record<string, number>>;
  /** For forms that are sums of power terms: what variable projection needs to know of them. */
  readonly terms?: PowerTerms;
  /** θ from all of the parameters as they are quoted, for a form with some that are neither; NaN where one is not given. */
  unquoted?(parameters: Readonly<Record<string, number | undefined>>): number[];
  /** Starting points for centred data. */
  starts(scale: DataScale, data: SurfaceData): number[][];
  /** Starting points of the literature by name, not centred. */
  readonly grids?: Readonly<Record<string, () => number[][]>>;
  /** Name of a parameter that has run off to where it no longer matters, if one has. */
  atBound(theta: readonly number[], scale: DataScale): string | undefined;
}

/** A predictor of the loss beside N and D, as `Run.inputs` has it under this name. */
export interface SurfaceInput extends Named {
  /** "unique tokens" */
  readonly meaning: string;
  /** One word of it, as an option of a command line: "unique". */
  readonly word: string;
  /** Whose unit it has: then it is measured from the same origin as that. */
  readonly like?: "N" | "D";
  /** Its value in a run that does not give it; without a default every run must. */
  readonly fallback?: (N: number, D: number) => number;
}

/** A parameter as it is quoted: the exponential of a θ, an exponent, which is a θ itself, or any function of θ; without one it is 0. */
export interface SurfaceParameter {
  readonly name: string;
  readonly exponentialOf?: string;
  readonly exponent?: string;
  /** A function of θ at the form's origin; its form says with `unquoted` how θ follows. */
  readonly of?: (theta: readonly number[]) => number;
  /** Of either sign, and 0 where the form is a simpler one: that it is smaller than its error is no fault of the fit. */
  readonly signed?: boolean;
}

/** The loss is a rising function of e^a / N^alpha + e^b / D^beta. */
export interface Trade {
  readonly a: number;
  readonly b: number;
  readonly alpha: number;
  readonly beta: number;
  /** With which exponent the loss above the floor falls in N where the term of N is all there is. */
  readonly slope: number;
}

/** E + A/N^α + B/D^β is linear in E, A and B; a form may lack E, or have β = α. */
export interface PowerTerms {
  readonly floor: boolean;
  readonly tied: boolean;
}

/** The quoted parameters of a θ, by name. */
export const quoted = (form: SurfaceForm, theta: readonly number[]): Record<string, number> =>
  Object.fromEntries(
    form.parameters.map(({ name, exponentialOf, exponent, of }) => {
      if (of) return [name, of(theta)];
      if (exponentialOf !== undefined) return [name, Math.exp(theta[form.theta.indexOf(exponentialOf)]!)];
      return [name, exponent === undefined ? 0 : theta[form.theta.indexOf(exponent)]!];
    }),
  );

/** θ from parameters as they are quoted; NaN for one that is not given. */
export const unquoted = (form: SurfaceForm, parameters: Readonly<Record<string, number>>): number[] =>
  form.unquoted?.(parameters) ??
  form.theta.map((theta) => {
    const of = form.parameters.find(({ exponentialOf, exponent }) => (exponentialOf ?? exponent) === theta);
    const value = (of && parameters[of.name]) ?? Number.NaN;
    return of?.exponentialOf === undefined ? value : Math.log(value);
  });

/** Whether the j-th θ is an exponent. */
export const isExponent = ({ theta, parameters }: SurfaceForm, j: number): boolean =>
  parameters.some(({ exponent }) => exponent === theta[j]);
