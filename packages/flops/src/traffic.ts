import type { DitConfig } from "./config.js";
import { integer, onlyKeys } from "./errors.js";
import { checkPrecision, type Precision, precisions } from "./memory.js";
import type { Operation } from "./operations.js";
import { checkOptimizer, type Optimizer, optimizers } from "./optimizer.js";
import { parameters } from "./parameters.js";
import { layers } from "./resolve.js";
import type { Bytes } from "./units.js";

/** Least bytes between memory and processor in one training step. */
export interface Traffic {
  readonly forward: Bytes;
  readonly backward: Bytes;
  readonly optimizer: Bytes;
  readonly total: Bytes;
}

/** Numbers read and written once by each product: operands and result, elementwise work fused into them. */
const moved = (op: Operation, batch: number): { forward: number; backward: number } => {
  switch (op.kind) {
    case "linear": {
      const weight = op.inputs * op.outputs;
      const [x, y] = [batch * op.rows * op.inputs, batch * op.rows * op.outputs];
      const product = x + weight + y;
      return { forward: product, backward: op.inputGradient ? 2 * product : product };
    }
    case "attention": {
      const [q, k] = [batch * op.queries * op.width, batch * op.keys * op.width];
      // Fused, forward: Q, K, V in, O out; backward: Q, K, V, O, dO in, dQ, dK, dV out.
      return { forward: 2 * q + 2 * k, backward: 4 * q + 4 * k };
    }
    case "lookup":
      return { forward: 2 * batch * op.rows * op.width, backward: 2 * batch * op.rows * op.width };
    default:
      return { forward: 0, backward: 0 };
  }
};

export interface TrafficOptions {
  readonly batch: number;
  /** Default `precisions.f32`. */
  readonly precision?: Precision;
  /** Default `optimizers.adamw`. */
  readonly optimizer?: Optimizer;
}

/**
 * A lower bound on the bytes a training step moves: each product reads its operands and writes its result once, with
 * fused attention and fused elementwise work; the optimizer reads weights, gradients and states and writes weights and
 * states. Divide by a device's bandwidth for the least time a step can take.
 * @throws FlopsError("config") if the config or an option is wrong.
 */
export const traffic = (config: DitConfig, options: TrafficOptions): Traffic => {
  onlyKeys("config", "traffic's options", options, ["batch", "precision", "optimizer"]);
  const { batch, precision = precisions.f32, optimizer = optimizers.adamw } = options;
  integer("config", "batch", batch);
  checkPrecision(precision);
  checkOptimizer(optimizer);
  let [forward, backward] = [0, 0];
  for (const { operation, times } of layers(config)) {
    const numbers = moved(operation, batch);
    forward += times * numbers.forward * precision.activation;
    backward += times * numbers.backward * precision.activation;
  }
  const perParameter =
    2 * precision.weight + precision.copy + precision.gradient + 2 * optimizer.states * precision.state;
  const step = parameters(config).trainable * perParameter;
  return { forward, backward, optimizer: step, total: forward + backward + step };
};
