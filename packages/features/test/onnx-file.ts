/** Writes ONNX files: what the tests read is made here, field by field of onnx.proto. */

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    const byte = Number(left & 127n);
    left >>= 7n;
    bytes.push(left > 0n ? byte | 128 : byte);
  } while (left > 0n);
  return bytes;
};

type Bytes = readonly number[];

const whole = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, content: Bytes): number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (field: number, value: string): number[] => bytes(field, [...new TextEncoder().encode(value)]);
const float = (field: number, value: number): number[] => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];

export interface FileTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** How the numbers lie: as raw bytes unless told. */
  readonly as?: "raw" | "floats" | "int64s" | "half";
}

const halfBits = (value: number): number => {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const exponent = ((bits >> 23) & 255) - 112;
  return ((bits >> 16) & 0x8000) | (value === 0 ? 0 : (exponent << 10) | ((bits >> 13) & 1023));
};

const tensor = (name: string, { shape, data, as = "raw" }: FileTensor): number[] => {
  const dims = bytes(1, shape.flatMap(varint));
  const values = {
    raw: () => [...whole(2, 1), ...bytes(9, [...new Uint8Array(Float32Array.from(data).buffer)])],
    floats: () => [...whole(2, 1), ...bytes(4, [...new Uint8Array(Float32Array.from(data).buffer)])],
    int64s: () => [...whole(2, 7), ...bytes(7, data.flatMap(varint))],
    half: () => [...whole(2, 10), ...bytes(9, [...new Uint8Array(Uint16Array.from(data, halfBits).buffer)])],
  }[as]();
  return [...dims, ...values, ...text(8, name)];
};

export type FileAttribute = number | string | readonly number[] | { readonly float: number };

const attribute = (name: string, value: FileAttribute): number[] => [
  ...text(1, name),
  ...(typeof value === "number"
    ? [...whole(3, value), ...whole(20, 2)]
    : typeof value === "string"
      ? [...text(4, value), ...whole(20, 3)]
      : "float" in value
        ? [...float(2, value.float), ...whole(20, 1)]
        : [...value.flatMap((n) => whole(8, n)), ...whole(20, 7)]),
];

export interface FileNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, FileAttribute>>;
}

/** An ONNX file of a graph of one input of images. */
export const onnxFile = (graph: {
  readonly nodes: readonly FileNode[];
  readonly weights: Readonly<Record<string, FileTensor>>;
  readonly shape: readonly (number | string)[];
  readonly output: string;
}): Uint8Array<ArrayBuffer> => {
  const value = (name: string, shape: readonly (number | string)[]): number[] => [
    ...text(1, name),
    ...bytes(
      2,
      bytes(1, [
        ...whole(1, 1),
        ...bytes(
          2,
          shape.flatMap((n) => bytes(1, typeof n === "number" ? whole(1, n) : text(2, n))),
        ),
      ]),
    ),
  ];
  const nodes = graph.nodes.flatMap(({ op, inputs, output, attributes = {} }) =>
    bytes(1, [
      ...inputs.flatMap((name) => text(1, name)),
      ...text(2, output),
      ...text(3, `${op} ${output}`),
      ...text(4, op),
      ...Object.entries(attributes).flatMap(([name, each]) => bytes(5, attribute(name, each))),
    ]),
  );
  const weights = Object.entries(graph.weights).flatMap(([name, each]) => bytes(5, tensor(name, each)));
  const content = [
    ...nodes,
    ...text(2, "test"),
    ...weights,
    ...bytes(11, value("images", graph.shape)),
    ...bytes(12, [...text(1, graph.output), ...bytes(2, bytes(1, whole(1, 1)))]),
  ];
  // ir_version 8, opset 14.
  return Uint8Array.from([...whole(1, 8), ...bytes(7, content), ...bytes(8, whole(2, 14))]);
};
