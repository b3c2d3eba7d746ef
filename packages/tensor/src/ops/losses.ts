import { formatShape, TensorError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape } from "../shape.js";
import { abs } from "./abs.js";
import { softplus, square } from "./activations.js";
import { add } from "./add.js";
import { gather } from "./gather.js";
import { less } from "./less.js";
import { maximum } from "./maximum.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { reshape } from "./reshape.js";
import { select } from "./select.js";
import { logSoftmax } from "./softmax.js";
import { mean } from "./statistics.js";
import { sub } from "./sub.js";

const checkPair = (name: string, prediction: Tensor, target: Tensor): void => {
  if (!sameShape(prediction.shape, target.shape))
    throw new TensorError(
      "shape",
      `${name}: prediction ${formatShape(prediction.shape)} and target ${formatShape(target.shape)} must have one shape`,
    );
};

/** Mean of (prediction - target)^2 over all elements. */
export const meanSquaredError = (prediction: Tensor, target: Tensor): Tensor<[]> => {
  checkPair("meanSquaredError", prediction, target);
  return mean(square(sub(prediction, target))) as Tensor<[]>;
};

/** Mean Huber loss: r^2 / 2 where |r| <= delta, delta (|r| - delta / 2) beyond. */
export const huberLoss = (prediction: Tensor, target: Tensor, delta = 1): Tensor<[]> => {
  checkPair("huberLoss", prediction, target);
  const r = abs(sub(prediction, target));
  return mean(select(less(r, delta), mul(square(r), 0.5), mul(sub(r, delta / 2), delta))) as Tensor<[]>;
};

/** Mean cross entropy of logits [n, classes] against i32 class indices [n], in nats. */
export const crossEntropy = (logits: Tensor, classes: Tensor): Tensor<[]> => {
  if (logits.rank !== 2 || !sameShape(classes.shape, [logits.shape[0]!]))
    throw new TensorError(
      "shape",
      `crossEntropy: expects logits [n, classes] and i32 [n], got ${formatShape(logits.shape)} and ${formatShape(classes.shape)}`,
    );
  return neg(mean(gather(logSoftmax(logits), reshape(classes, [logits.shape[0]!, 1]) as Tensor, 1))) as Tensor<[]>;
};

/** Mean binary cross entropy of logits against probabilities: softplus(x) - x target, which cannot overflow. */
export const binaryCrossEntropy = (logits: Tensor, target: Tensor): Tensor<[]> => {
  checkPair("binaryCrossEntropy", logits, target);
  const positive = sub(maximum(logits, 0), mul(logits, target));
  return mean(add(positive, softplus(neg(abs(logits))))) as Tensor<[]>;
};
