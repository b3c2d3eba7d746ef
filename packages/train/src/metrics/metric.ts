import type { DataSource, DataSpec } from "@isoflop/data";
import type { Objective } from "@isoflop/diffusion";
import type { DitParams } from "@isoflop/dit";
import type { Extractor } from "@isoflop/metrics";
import type { Device } from "@isoflop/tensor";
import type { Network } from "../network.js";
import type { TrainSpec } from "../spec.js";
import type { Sampling } from "./samples/options.js";

/** Where features of data are kept, by all that fixes them. */
export interface FeatureStore {
  /** Rows from the first on, as many as were kept; nothing where there are none that can be read. */
  read(key: string): Promise<Float64Array | undefined>;
  /** Keeps rows in the place of those of before, where it can. */
  write(key: string, rows: Float64Array): Promise<void>;
}

/** What a trained model is measured by. */
export interface MetricInputs {
  /** The averaged weights, on the device. They stay the caller's. What is drawn of them is shared between the metrics that are handed the same ones. */
  readonly weights: DitParams;
  /** What they were trained by. */
  readonly spec: TrainSpec;
  readonly model: Network<DitParams>;
  readonly objective: Objective;
  /** The data of the run, or those that the metric asks for. */
  readonly data: DataSource;
  readonly device: Device;
  readonly signal?: AbortSignal;
  /** Where features of data are kept longer than this thread lives. Absent: nowhere. */
  readonly features?: FeatureStore;
}

/** What can be said of a run before it is trained. */
export type PlannedInputs = Pick<MetricInputs, "spec" | "data">;

/** A number, and its standard error where it is known. */
export interface Estimate {
  readonly value: number;
  readonly stdErr?: number;
}

/** One number of a trained model. */
export interface Measurement extends Estimate {
  /** Images, draws or whatever it is a number of. */
  readonly count: number;
  /** What it is made of, or what goes with it, by name. */
  readonly parts?: Readonly<Record<string, Estimate>>;
  /** What one should know who reads the number: why it has no error, in which direction it is biased. */
  readonly remarks?: readonly string[];
}

/** A quantity of a trained model: a function of its weights, its data and its options alone. */
export interface Metric {
  /** Other data than those of the run. */
  readonly data?: DataSpec | undefined;
  /** The pictures that it takes of the model: all that fixes them beside weights and data. Absent: none. */
  readonly samples?: Sampling | undefined;
  /** What makes features of its pictures. Absent: nothing does. */
  readonly extractor?: Extractor | undefined;
  /** Which of two models is the better one: by the lower number where nothing is said. */
  readonly better?: "lower" | "higher";
  /** What is to be known before a run is trained that this is to be measured of. @throws TrainError naming what the run or its data do not have */
  check?(planned: PlannedInputs): void;
  /** Frees what it makes on the device. */
  measure(inputs: MetricInputs): Promise<Measurement>;
}
