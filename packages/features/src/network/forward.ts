import type { Tensor } from "@isoflop/tensor";
import { must } from "../errors.js";
import { applyLayer, weightsOf } from "./apply.js";
import { lying, meant } from "./axes.js";
import type { Network, Weights } from "./network.js";

/** All weights of a network, in the order in which `forward` takes their tensors. @internal */
export const allWeights = ({ layers, constants }: Network): readonly Weights[] => [
  ...layers.flatMap(weightsOf),
  ...constants.values(),
];

/**
 * Values of a network, by name, of images [batch, rows, columns, channels].
 * @param weights tensors of `allWeights`
 * @throws FeaturesError `file` naming a value that no layer gives
 * @internal
 */
export const valuesOf = (
  network: Network,
  images: Tensor,
  weights: readonly Tensor[],
  names: readonly string[],
): readonly Tensor[] => {
  const { layers, constants, axes, input } = network;
  const values = new Map([[input, images]]);
  let next = 0;
  const take = (count: number): readonly Tensor[] => {
    next += count;
    return weights.slice(next - count, next);
  };
  const own = layers.map((layer) => take(weightsOf(layer).length));
  for (const name of constants.keys()) values.set(name, lying(take(1)[0]!, axes));
  for (const [i, layer] of layers.entries()) {
    const inputs = layer.inputs.map((name) => {
      const value = values.get(name);
      must(value, "file", `The layer "${layer.name}" reads "${name}", which no layer before it gives.`);
      return value;
    });
    values.set(layer.name, applyLayer(layer, inputs, own[i]!, axes));
  }
  return names.map((name) => {
    const value = values.get(name);
    must(
      value,
      "file",
      `The network has no value "${name}"; its layers give ${layers.map((layer) => layer.name).join(", ")}.`,
    );
    return value;
  });
};

/** The network's output, with its axes as its layers mean them. */
export const forward = (network: Network, images: Tensor, weights: readonly Tensor[]): Tensor =>
  meant(valuesOf(network, images, weights, [network.output])[0]!, network.axes);
