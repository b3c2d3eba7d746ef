import type { DitConfig } from "./config.js";
import { notNegative, onlyKeys } from "./errors.js";
import { parameters } from "./parameters.js";
import type { Flops } from "./units.js";

/** Work and state of an optimizer, per trainable parameter. Both are elementwise: no convention of C counts them. */
export interface Optimizer {
  readonly operations: number;
  /** Numbers kept between steps. */
  readonly states: number;
}

/**
 * Optimizers by their names in `@isoflop/train`, without weight decay but for AdamW; `momentum` is `sgd` with momentum, `amsgrad` AdamW that also
 * keeps the largest second moment. AdamW (arXiv 1711.05101, algorithm 2): m 3, v 4, its correction, square root, ε, quotient, rate (with m's
 * correction), decay, difference. Weight decay in the gradient adds 2, clipping by the global norm 3, an exponential moving average of the
 * weights 3 and one number.
 */
export const optimizers = {
  sgd: { operations: 2, states: 0 },
  momentum: { operations: 4, states: 1 },
  rmsprop: { operations: 9, states: 1 },
  adam: { operations: 13, states: 2 },
  adamw: { operations: 14, states: 2 },
  amsgrad: { operations: 15, states: 3 },
} as const satisfies Record<string, Optimizer>;

/** @throws FlopsError("config") unless both fields are numbers of at least 0. */
export const checkOptimizer = (optimizer: Optimizer): void => {
  onlyKeys("config", "optimizer", optimizer, ["operations", "states"]);
  notNegative("config", "optimizer.operations", optimizer.operations);
  notNegative("config", "optimizer.states", optimizer.states);
};

export const clippingOperations = 3;
export const averagingOperations = 3;

/** What a step does besides forward and backward. */
export interface OptimizerOptions {
  /** Default `optimizers.adamw`. */
  readonly optimizer?: Optimizer;
  /** Clipping by the global gradient norm. Default true. */
  readonly clipping?: boolean;
  /** An exponential moving average of the weights. Default true. */
  readonly averaging?: boolean;
}

/**
 * Elementwise operations of one optimizer step, whatever the batch.
 * @throws FlopsError("config") if the config or an option is wrong.
 */
export const optimizerStep = (config: DitConfig, options: OptimizerOptions = {}): Flops => {
  onlyKeys("config", "optimizerStep's options", options, ["optimizer", "clipping", "averaging"]);
  const { optimizer = optimizers.adamw, clipping = true, averaging = true } = options;
  checkOptimizer(optimizer);
  const each = optimizer.operations + (clipping ? clippingOperations : 0) + (averaging ? averagingOperations : 0);
  return each * parameters(config).trainable;
};
