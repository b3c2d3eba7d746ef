import { add, mul, type Tensor } from "@isoflop/tensor";
import { decayOf, type UpdateInputs } from "./optimizer.js";

/** The gradient of the loss and of ½ weightDecay · |weights|²: weight decay as a part of the gradient. */
export const withDecay = ({ weights, gradient, factors }: UpdateInputs, weightDecay: number): Tensor => {
  const decay = decayOf(weightDecay, factors);
  return decay === 0 ? gradient : add(gradient, mul(weights, decay));
};
