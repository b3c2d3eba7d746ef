import { must } from "../errors.js";
import type { AffineLayer, ConvolutionLayer, Layer, Network, PadLayer, PointwiseLayer, Weights } from "./network.js";

const columnsOf = ({ shape, data }: Weights, f: (value: number, column: number) => number): Weights => {
  const columns = shape.at(-1)!;
  return { shape, data: data.map((value, i) => f(value, i % columns)) };
};

/** A batch norm after a convolution is a convolution: W scale, b scale + shift. */
const foldAffine = (convolution: ConvolutionLayer, { name, scale, shift }: AffineLayer): ConvolutionLayer => ({
  ...convolution,
  name,
  kernel: columnsOf(convolution.kernel, (value, out) => value * scale.data[out]!),
  bias: columnsOf(shift, (value, out) => value + (convolution.bias?.data[out] ?? 0) * scale.data[out]!),
});

const isLimit = (layer: Layer): layer is PointwiseLayer & { readonly function: "relu" | "relu6" } =>
  layer.kind === "pointwise" && (layer.function === "relu" || layer.function === "relu6");

const foldPadding = (convolution: ConvolutionLayer, pad: PadLayer): ConvolutionLayer | undefined => {
  if (convolution.padding === "same") return undefined;
  const [[top, bottom], [left, right]] = convolution.padding;
  const [[above, below], [before, after]] = pad.padding;
  return {
    ...convolution,
    inputs: pad.inputs,
    padding: [
      [top + above, bottom + below],
      [left + before, right + after],
    ],
  };
};

/** What two layers are together, where one layer says it. The first has no other reader. */
const joined = (first: Layer, second: Layer): Layer | undefined => {
  if (first.kind === "pad" && second.kind === "convolution") return foldPadding(second, first);
  if (first.kind !== "convolution" || first.activation !== "none") return undefined;
  if (second.kind === "affine") return foldAffine(first, second);
  return isLimit(second) ? { ...first, name: second.name, activation: second.function } : undefined;
};

/** The most names that a message lists. */
const LISTED = 24;

/** The layers that `output` needs. */
const needed = (layers: readonly Layer[], output: string): readonly Layer[] => {
  const names = new Set([output]);
  const kept: Layer[] = [];
  for (const layer of [...layers].reverse())
    if (names.has(layer.name)) {
      kept.push(layer);
      for (const input of layer.inputs) names.add(input);
    }
  return kept.reverse();
};

/**
 * The network up to `output`, in fewer layers: batch norms, paddings and the activations relu and relu6 join their convolutions, and what does nothing is
 * left out.
 * @throws FeaturesError `file` where no layer gives `output`
 */
export const fold = (network: Network, output = network.output): Network => {
  const names = network.layers.map(({ name }) => name);
  must(
    names.includes(output),
    "file",
    `The network has no value "${output}"; its last ${Math.min(LISTED, names.length)} are ${names.slice(-LISTED).join(", ")}.`,
  );
  const renamed = new Map<string, string>();
  const nameOf = (name: string): string => renamed.get(name) ?? name;
  const plain: Layer[] = [];
  for (const layer of needed(network.layers, output)) {
    const inputs = layer.inputs.map(nameOf);
    if (layer.kind === "identity") renamed.set(layer.name, inputs[0]!);
    else plain.push({ ...layer, inputs });
  }
  const last = nameOf(output);
  const readers = new Map<string, number>([[last, 1]]);
  for (const { inputs } of plain) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const layers: Layer[] = [];
  const places = new Map<string, number>();
  for (const layer of plain) {
    const before = layer.inputs.length === 1 && readers.get(layer.inputs[0]!) === 1 ? layer.inputs[0]! : undefined;
    const place = before === undefined ? undefined : places.get(before);
    const one = place === undefined ? undefined : joined(layers[place]!, layer);
    if (one && place !== undefined) layers[place] = one;
    else layers.push(layer);
    places.set(layer.name, one && place !== undefined ? place : layers.length - 1);
  }
  return { ...network, layers, output: last };
};
