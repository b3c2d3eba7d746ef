import { FeaturesError, must } from "../errors.js";
import { type Field, fieldsOf, floatsOf, textOf, wholesOf } from "./protobuf.js";

/** Numbers of an ONNX file: f32, or whole numbers, which shapes are made of. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | readonly number[];
}

export type OnnxAttribute = number | string | readonly number[] | OnnxTensor;

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A graph of ONNX, as far as it is read. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** Names and sizes of what it is given; 0 for a size that the file leaves open. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly outputs: readonly string[];
}

/** Numbers of fields in onnx.proto (github.com/onnx/onnx, version 1). */
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, f: 2, i: 3, s: 4, t: 5, floats: 7, ints: 8, type: 20 };
const TENSOR = { dims: 1, type: 2, floats: 4, int32s: 5, int64s: 7, name: 8, raw: 9, doubles: 10, location: 14 };
const VALUE = { name: 1, type: 2 };

/** Element types of tensors. */
const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const FLOAT16 = 10;
const DOUBLE = 11;

/** Fields of a message by number. */
const message = (bytes: Uint8Array) => {
  const fields = fieldsOf(bytes);
  const all = (number: number): readonly Field[] => fields.filter((field) => field.number === number);
  return {
    all,
    one: (number: number): Field | undefined => all(number).at(-1),
    whole: (number: number): number => wholesOf(all(number)).at(-1) ?? 0,
  };
};

/** IEEE 754 binary16. */
const halfOf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
};

const tensorOf = (bytes: Uint8Array): { readonly name: string; readonly tensor: OnnxTensor } => {
  const { all, one, whole } = message(bytes);
  const name = textOf(one(TENSOR.name));
  const shape = wholesOf(all(TENSOR.dims));
  const type = whole(TENSOR.type);
  must(
    whole(TENSOR.location) === 0,
    "file",
    `The tensor "${name}" lies in another file; only ONNX files that hold their weights can be read.`,
  );
  const raw = one(TENSOR.raw)?.bytes;
  const count = shape.reduce((n, m) => n * m, 1);
  const view = raw && new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const each = (width: number, at: (view: DataView, offset: number) => number): number[] | undefined =>
    view && Array.from({ length: Math.floor(view.byteLength / width) }, (_, i) => at(view, i * width));
  const read = (): number[] => {
    switch (type) {
      case FLOAT:
        return each(4, (v, at) => v.getFloat32(at, true)) ?? floatsOf(all(TENSOR.floats));
      case FLOAT16:
        return each(2, (v, at) => halfOf(v.getUint16(at, true))) ?? wholesOf(all(TENSOR.int32s)).map(halfOf);
      case DOUBLE:
        return (
          each(8, (v, at) => v.getFloat64(at, true)) ??
          all(TENSOR.doubles).flatMap(({ bytes: b }) => {
            const v = new DataView(b.buffer, b.byteOffset, b.byteLength);
            return Array.from({ length: b.length / 8 }, (_, i) => v.getFloat64(8 * i, true));
          })
        );
      case INT32:
        return each(4, (v, at) => v.getInt32(at, true)) ?? wholesOf(all(TENSOR.int32s));
      case INT64:
        return each(8, (v, at) => Number(v.getBigInt64(at, true))) ?? wholesOf(all(TENSOR.int64s));
      default:
        throw new FeaturesError(
          "file",
          `The tensor "${name}" has the element type ${type} of ONNX; float (1), float16 (10), double (11), int32 (6) and int64 (7) can be read.`,
        );
    }
  };
  const data = read();
  must(
    data.length === count,
    "file",
    `The tensor "${name}" has ${data.length} numbers; [${shape.join(", ")}] are ${count}.`,
  );
  return { name, tensor: { shape, data: type === INT32 || type === INT64 ? data : Float32Array.from(data) } };
};

/** Which field of an attribute holds its value. */
const attributeOf = (bytes: Uint8Array): readonly [string, OnnxAttribute] => {
  const { all, one, whole } = message(bytes);
  const name = textOf(one(ATTRIBUTE.name));
  const value = (): OnnxAttribute => {
    if (one(ATTRIBUTE.t)) return tensorOf(one(ATTRIBUTE.t)!.bytes).tensor;
    if (one(ATTRIBUTE.ints)) return wholesOf(all(ATTRIBUTE.ints));
    if (one(ATTRIBUTE.floats)) return floatsOf(all(ATTRIBUTE.floats));
    if (one(ATTRIBUTE.s)) return textOf(one(ATTRIBUTE.s));
    if (one(ATTRIBUTE.f)) return floatsOf(all(ATTRIBUTE.f))[0]!;
    return whole(ATTRIBUTE.i);
  };
  return [name, value()];
};

const nodeOf = (bytes: Uint8Array): OnnxNode => {
  const { all, one } = message(bytes);
  const domain = textOf(one(NODE.domain));
  const op = textOf(one(NODE.op));
  return {
    name: textOf(one(NODE.name)),
    op: domain === "" || domain === "ai.onnx" ? op : `${domain}.${op}`,
    inputs: all(NODE.input).map(textOf),
    outputs: all(NODE.output).map(textOf),
    attributes: new Map(all(NODE.attribute).map((field) => attributeOf(field.bytes))),
  };
};

/** Name and sizes: ValueInfoProto, its TypeProto's tensor (1), that one's shape (2), its dimensions (1), their values (1). */
const inputOf = (bytes: Uint8Array): OnnxModel["inputs"][number] => {
  const { one } = message(bytes);
  const inside = (field: Field | undefined, number: number): Field | undefined =>
    field && message(field.bytes).one(number);
  const shape = inside(inside(one(VALUE.type), 1), 2);
  return {
    name: textOf(one(VALUE.name)),
    shape: shape
      ? message(shape.bytes)
          .all(1)
          .map((dimension) => message(dimension.bytes).whole(1))
      : [],
  };
};

/**
 * The graph of an ONNX file.
 * @throws FeaturesError `file` where it is none, or holds numbers that cannot be read
 */
export const readOnnxModel = (file: Uint8Array): OnnxModel => {
  const graph = message(file).one(MODEL.graph);
  must(graph, "file", "The file holds no graph: it is no ONNX model.");
  const { all } = message(graph.bytes);
  const constants = new Map(
    all(GRAPH.initializer).map((field) => {
      const { name, tensor } = tensorOf(field.bytes);
      return [name, tensor] as const;
    }),
  );
  return {
    constants,
    nodes: all(GRAPH.node).map((field) => nodeOf(field.bytes)),
    // Older files list their weights among the inputs.
    inputs: all(GRAPH.input)
      .map((field) => inputOf(field.bytes))
      .filter(({ name }) => !constants.has(name)),
    outputs: all(GRAPH.output).map((field) => textOf(message(field.bytes).one(VALUE.name))),
  };
};
