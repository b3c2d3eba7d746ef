import { read } from "@isoflop/spec";
import type * as v from "valibot";

/** What went wrong: a spec, a loss that is not a number, a checkpoint, or data that does not fit the model. */
export type TrainErrorCode = "spec" | "diverged" | "checkpoint" | "data";

/** Every error this package throws on purpose. The message names the thing, its value and what would have been right. */
export class TrainError extends Error {
  override readonly name: string = "TrainError";

  constructor(
    readonly code: TrainErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @throws TrainError unless it holds */
export function must(holds: unknown, code: TrainErrorCode, message: string): asserts holds {
  if (!holds) throw new TrainError(code, message);
}

/** What the schema makes of a value. @throws TrainError `spec` naming the field, its value and what would be right */
export const check = <S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> =>
  read(schema, value, { name, error: (message) => new TrainError("spec", message) });

/** A loss, gradient or weight that is not a finite number. */
export class DivergedError extends TrainError {
  override readonly name = "DivergedError";

  constructor(
    /** The step, counted from 0, that went wrong. */
    readonly step: number,
    readonly learningRate: number,
    /** What is not finite, such as "the loss of step 3 is NaN". */
    readonly what: string,
    /** Updates that had changed the weights by then: without any, the learning rate has no part in it. */
    readonly updates: number = step,
  ) {
    super("diverged", `${what}${updates > 0 ? tamer(learningRate) : UNTRAINED}`);
  }
}

const UNTRAINED = " before any update; look at the data, the first weights and the objective";

const tamer = (learningRate: number): string =>
  ` at learning rate ${learningRate}; lower optimizer.learningRate, lengthen optimizer.warmup or clip harder`;
