import type { BootstrapEstimate } from "../inference/bootstrap.js";

/** A law over the resamples. */
export interface BootstrappedLaw {
  readonly exponent: BootstrapEstimate;
  readonly coefficient: BootstrapEstimate;
  /** The law at each compute that was asked. */
  readonly at: readonly BootstrapEstimate[];
}

/** The laws of an isoFLOP study over resamples of its runs. */
export interface IsoFlopBootstrap {
  readonly N: BootstrappedLaw;
  readonly D: BootstrappedLaw;
  readonly loss: BootstrappedLaw;
  readonly seed: number;
  readonly resamples: number;
  /** Resamples in which a law was refused. */
  readonly failed: number;
}
