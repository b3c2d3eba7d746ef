import type { DataSource, DataSpec } from "@isoflop/data";
import type { Objective } from "@isoflop/diffusion";
import type { DitParams } from "@isoflop/dit";
import type { Device } from "@isoflop/tensor";
import type { TrainSpec } from "../spec.js";
import type { Network } from "../step.js";

/** What a trained model is measured by. */
export interface MetricInputs {
  /** The averaged weights, on the device. They stay the caller's. */
  readonly weights: DitParams;
  /** What they were trained by. */
  readonly spec: TrainSpec;
  readonly model: Network<DitParams>;
  readonly objective: Objective;
  /** The data of the run, or those that the metric asks for. */
  readonly data: DataSource;
  readonly device: Device;
  readonly signal?: AbortSignal;
}

/** One number of a trained model. */
export interface Measurement {
  readonly value: number;
  /** Standard error of the value, where it is known. */
  readonly stdErr?: number;
  /** Images, draws or whatever it is a number of. */
  readonly count: number;
}

/** A quantity of a trained model: a function of its weights, its data and its options alone. */
export interface Metric {
  /** Other data than those of the run. */
  readonly data?: DataSpec | undefined;
  /** Frees what it makes on the device. */
  measure(inputs: MetricInputs): Promise<Measurement>;
}
