import type { DType } from "../dtype.js";
import { type Node, Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { refOf } from "./graph.js";
import type { Kernel, View } from "./kernel.js";
import { contiguous, type Layout } from "./layout.js";

/** A stored result: what the memory plan places. */
export interface Value {
  readonly tensor: Tensor;
  readonly size: number;
  readonly dtype: DType;
}

/** A window on a value. */
export interface ValueView {
  readonly value: Value;
  readonly layout: Layout;
}

/** A kernel whose operands are values that have no address yet. */
export interface Step {
  readonly name: string;
  /** Whether each point is written after it, and nothing else, was read: the result may overwrite an operand. */
  readonly pointwise: boolean;
  readonly reads: readonly ValueView[];
  readonly writes: readonly ValueView[];
  /** Floating-point and memory work, for reports. */
  readonly flops: number;
  kernel(place: (view: ValueView) => View): Kernel;
}

/** Values by the tensor that names them. */
export class Values {
  readonly #values = new Map<string, Value>();
  of(tensor: Tensor): Value {
    const key = refOf(tensor);
    let value = this.#values.get(key);
    if (!value) {
      value = { tensor, size: tensor.size, dtype: tensor.dtype };
      this.#values.set(key, value);
    }
    return value;
  }
}

/** All of a value, in row-major order. */
export const whole = (value: Value, shape: Shape): ValueView => ({ value, layout: contiguous(shape) });

/** The result of a node as a tensor: the name of its value. */
export const resultOf = (node: Node, index = 0): Tensor => new Tensor(node, index);
