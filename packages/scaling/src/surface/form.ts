/** What a fit of a form works with; logarithms are natural and centred by the fit. */
export interface SurfaceForm {
  readonly name: SurfaceFormName;
  /** Names of the internal parameters θ, in order. */
  readonly theta: readonly string[];
  /** ln L(θ; ln N, ln D), writing ∂ ln L / ∂θ into `gradient`. */
  logLoss(theta: ArrayLike<number>, lnN: number, lnD: number, gradient: Float64Array): number;
  /** The same surface when ln N and ln D are measured from other origins: new = old − shift. */
  recentre(theta: readonly number[], shiftN: number, shiftD: number): number[];
  /** θ as the five Chinchilla-like numbers where the form has them; Kaplan's has its own names. */
  natural(theta: readonly number[]): Readonly<Record<string, number>>;
  /** Which natural parameter is the exponential of which θ; the others are θ itself. */
  readonly exponentials: Readonly<Record<string, string>>;
  fromNatural(parameters: Readonly<Record<string, number>>): number[];
  /** For forms that are sums of power terms: what variable projection needs to know of them. */
  readonly terms?: PowerTerms;
  /** Starting points for centred data. */
  starts(scale: DataScale): number[][];
  /** A parameter that has run off to where it no longer matters, if one has. */
  atBound(theta: readonly number[], scale: DataScale): string | undefined;
}

/** E + A/N^α + B/D^β is linear in E, A and B; a form may lack E, or have β = α. */
export interface PowerTerms {
  readonly floor: boolean;
  readonly tied: boolean;
}

/** Orders of magnitude of centred data, from which starting points are made. */
export interface DataScale {
  readonly lowestLoss: number;
  readonly medianLoss: number;
  /** Spread of ln N and ln D. */
  readonly rangeN: number;
  readonly rangeD: number;
}

/** `chinchilla` E + A/N^α + B/D^β · `tied` the same with α = β · `no-floor` without E · `kaplan` ((Nc/N)^(αN/αD) + Dc/D)^αD. */
export type SurfaceFormName = "chinchilla" | "tied" | "no-floor" | "kaplan";
