import { formatShape, TensorError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape, sizeAlong } from "../shape.js";
import { abs } from "./abs-and-sign.js";
import { square } from "./activations.js";
import { checkFinite, checkTensor } from "./arguments.js";
import { add, mul, neg, sub } from "./arithmetic.js";
import { less } from "./comparison.js";
import { gather } from "./gather.js";
import { reshape } from "./reshape.js";
import { select } from "./select.js";
import { logSoftmax } from "./softmax.js";
import { softplus } from "./softplus.js";
import { mean } from "./statistics.js";

const checkPair = (name: string, prediction: Tensor, target: Tensor): void => {
  for (const x of [prediction, target]) checkTensor(name, x);
  if (!sameShape(prediction.shape, target.shape))
    throw new TensorError(
      "shape",
      `${name}: prediction ${formatShape(prediction.shape)} and target ${formatShape(target.shape)} must have one shape`,
    );
};

/** Mean of (prediction - target)^2 over all elements. */
export const meanSquaredError = (prediction: Tensor, target: Tensor): Tensor<[]> => {
  checkPair("meanSquaredError", prediction, target);
  return mean(square(sub(prediction, target)));
};

/** Mean Huber loss: r^2 / 2 where |r| <= delta, delta (|r| - delta / 2) beyond. */
export const huberLoss = (prediction: Tensor, target: Tensor, delta = 1): Tensor<[]> => {
  checkPair("huberLoss", prediction, target);
  checkFinite("huberLoss", "delta", delta, Number.MIN_VALUE);
  const r = abs(sub(prediction, target));
  const near = less(r, delta);
  // What lies beyond takes no part in the square, where its own could overflow and spoil the gradient.
  return mean(select(near, mul(square(select(near, r, 0)), 0.5), mul(sub(r, delta / 2), delta)));
};

/** Mean cross entropy of logits [n, classes] against i32 class indices [n], in nats. */
export const crossEntropy = (logits: Tensor, classes: Tensor): Tensor<[]> => {
  for (const x of [logits, classes]) checkTensor("crossEntropy", x);
  if (logits.rank !== 2 || !sameShape(classes.shape, [sizeAlong(logits.shape, 0)]))
    throw new TensorError(
      "shape",
      `crossEntropy: expects logits [n, classes] and i32 [n], got ${formatShape(logits.shape)} and ${formatShape(classes.shape)}`,
    );
  return neg(mean(gather(logSoftmax(logits), reshape(classes, [sizeAlong(logits.shape, 0), 1]), 1)));
};

/** Mean binary cross entropy of logits x against probabilities t: t softplus(-x) + (1 - t) softplus(x), which neither overflows nor cancels. */
export const binaryCrossEntropy = (logits: Tensor, target: Tensor): Tensor<[]> => {
  checkPair("binaryCrossEntropy", logits, target);
  return mean(add(mul(target, softplus(neg(logits))), mul(sub(1, target), softplus(logits))));
};
