/** Runs as columns, logarithms centred: with ln N ≈ 20 left in, the Hessian of the surface has condition 1e11 (2603.22339). */
export interface SurfaceData {
  readonly lnN: Float64Array;
  readonly lnD: Float64Array;
  readonly lnL: Float64Array;
  readonly loss: Float64Array;
  /** A column for each of the form's inputs. */
  readonly inputs: readonly Float64Array[];
  /** Weight of each point in the objective; resampling and 1/σ² come in through it. */
  readonly weight: Float64Array;
  /** Where the axes of the data begin, from the origin of the form. */
  readonly centreN: number;
  readonly centreD: number;
  readonly scale: DataScale;
}

/** Orders of magnitude of centred data, from which starting points are made. */
export interface DataScale {
  readonly lowestLoss: number;
  readonly medianLoss: number;
}
