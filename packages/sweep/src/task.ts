import type { DataSpec } from "@isoflop/data";
import type { Flops } from "@isoflop/flops";
import type { TrainSpec } from "@isoflop/train";
import type { RunContent } from "./content.js";

/** What is to be done in a run, whoever does it. */
export interface RunTask extends TrainSpec {
  /** How the data are opened again. */
  readonly data: DataSpec;
  readonly content: RunContent;
  /** The compute the run belongs to on an isoFLOP curve, in FLOPs; what it spends is `steps` whole steps. */
  readonly budget: Flops;
}

/** The part of a run that training depends on. */
export const trainingOf = (task: RunTask & { readonly runner?: unknown }): TrainSpec => {
  const { data: _, content: __, budget: ___, runner: ____, ...rest } = task;
  return rest;
};
