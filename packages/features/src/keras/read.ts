import { FeaturesError, must } from "../errors.js";
import type { Network, Weights } from "../network/network.js";
import { kerasLayers } from "./layers.js";
import type { KerasModel } from "./topology.js";

/**
 * A Keras model of the functional kind with its weights, as a network. The values have the names of the layers.
 * @throws FeaturesError `file` naming a layer that cannot be read and the kinds that can
 */
export const readKeras = ({ model_config }: KerasModel, weights: ReadonlyMap<string, Weights>): Network => {
  const { layers, output_layers } = model_config.config;
  const input = layers.find(({ class_name }) => class_name === "InputLayer");
  must(input, "file", `The model has no InputLayer; it is of class ${model_config.class_name}.`);
  return {
    input: input.name,
    axes: "NHWC",
    output: output_layers[0]![0],
    constants: new Map(),
    layers: layers.flatMap((layer) => {
      if (layer === input) return [];
      const make = Object.hasOwn(kerasLayers, layer.class_name) ? kerasLayers[layer.class_name] : undefined;
      if (!make)
        throw new FeaturesError(
          "file",
          `The layer "${layer.name}" is a ${layer.class_name}; what can be read are ${Object.keys(kerasLayers).join(", ")}.`,
        );
      must(
        layer.inbound_nodes.length === 1,
        "file",
        `The layer "${layer.name}" is called ${layer.inbound_nodes.length} times; once can be read.`,
      );
      const weight = (name: string): Weights => {
        const found = weights.get(`${layer.name}/${name}`);
        must(found, "file", `The layer "${layer.name}" has no weights "${layer.name}/${name}" in the files.`);
        return found;
      };
      return make({ layer, inputs: layer.inbound_nodes[0]!.map(([name]) => name), weight });
    }),
  };
};
