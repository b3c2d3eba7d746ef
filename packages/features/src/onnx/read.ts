import { FeaturesError, must } from "../errors.js";
import type { Layer, Network, Weights } from "../network/network.js";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from "./model.js";
import { type OnnxCall, onnxOps } from "./ops.js";

/**
 * An ONNX graph of one image input, [batch, 3, rows, columns], as a network. Values have the names of the file.
 * @throws FeaturesError `file` naming an operator that cannot be read, and those that can
 */
export const readOnnx = (model: OnnxModel): Network & { readonly size: number | undefined } => {
  const { inputs, outputs, nodes } = model;
  must(
    inputs.length === 1 && inputs[0]!.shape.length === 4,
    "file",
    `The model takes ${inputs.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(" and ") || "nothing"}; one input, images [batch, 3, rows, columns], can be fed.`,
  );
  const [{ name: input, shape }] = inputs as readonly [OnnxModel["inputs"][number]];
  const known = new Map(model.constants);
  for (const {
    op,
    outputs: [name],
    attributes,
  } of nodes)
    if (op === "Constant" && name !== undefined) known.set(name, attributes.get("value") as OnnxTensor);
  const used = new Set<string>();
  const layers = nodes.flatMap((node): readonly Layer[] => {
    if (node.op === "Constant") return [];
    const make = Object.hasOwn(onnxOps, node.op) ? onnxOps[node.op] : undefined;
    if (!make)
      throw new FeaturesError(
        "file",
        `The node "${node.name || node.outputs[0]}" is a ${node.op}; the operators that can be read are ${Object.keys(onnxOps).join(", ")}.`,
      );
    const made = make(callOf(node, known));
    for (const layer of made) for (const name of layer.inputs) used.add(name);
    return made;
  });
  const constants = new Map<string, Weights>();
  for (const [name, tensor] of known)
    if (used.has(name)) constants.set(name, { shape: tensor.shape, data: Float32Array.from(tensor.data) });
  const [, , rows] = shape;
  return { input, axes: "NCHW", layers, constants, output: outputs[0] ?? "", size: rows || undefined };
};

const callOf = (node: OnnxNode, known: ReadonlyMap<string, OnnxTensor>): OnnxCall => ({
  node,
  name: node.outputs[0]!,
  inputs: node.inputs.filter((name) => name !== ""),
  constant(input) {
    const name = node.inputs[input];
    if (!name) return undefined;
    const tensor = known.get(name);
    must(
      tensor,
      "file",
      `The node "${node.name || node.outputs[0]}" (${node.op}) computes its input ${input}, "${name}"; it must be numbers of the file.`,
    );
    return tensor;
  },
  number: (name, otherwise) => attributeOf(node, name, otherwise, (value) => typeof value === "number"),
  text: (name, otherwise) => attributeOf(node, name, otherwise, (value) => typeof value === "string"),
  list: (name, otherwise) => attributeOf(node, name, otherwise, (value) => Array.isArray(value)),
});

const attributeOf = <T extends OnnxAttribute>(
  { name, op, attributes }: OnnxNode,
  attribute: string,
  otherwise: T,
  fits: (value: OnnxAttribute) => boolean,
): T => {
  const value = attributes.get(attribute);
  if (value === undefined) return otherwise;
  must(
    fits(value),
    "file",
    `The node "${name}" (${op}) has an attribute "${attribute}" of another type than ONNX gives it.`,
  );
  return value as T;
};
