import { TensorError } from "../errors.js";
import { checkEncodable, encode, FORMAT_BYTES, type WritableFormat } from "./formats.js";
import { isCount, isStringRecord, MAX_HEADER_BYTES } from "./header.js";
import { quoted } from "./quoted.js";

/** A tensor to write. Floats may be stored narrower; integers keep their dtype. */
export interface Writable {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  /** Unsaid: that of a typed array; plain numbers have none. */
  readonly format?: WritableFormat | undefined;
}

/** A tensor with the format that it is written in. */
type Formatted = Writable & { readonly format: WritableFormat };

const formats: Readonly<Record<string, WritableFormat>> = {
  Float64Array: "F64",
  Float32Array: "F32",
  Int32Array: "I32",
  Uint32Array: "U32",
  Uint8Array: "U8",
};

/** A format that is none is left for {@link checkEncodable} to refuse. Arrays of other realms are known by their tag. */
const withFormat = ({ shape, data, format }: Writable): Formatted => {
  const tag = Object.prototype.toString.call(data).slice("[object ".length, -1);
  return { shape, data, format: (format ?? formats[tag]) as WritableFormat };
};

/**
 * The file as chunks, header first: only one tensor's bytes exist at a time. Wide elements come first, so that every range is aligned, then
 * names in order, so that equal contents give equal files. Everything is checked before the first chunk.
 *
 * @throws TensorError `format` for values a format cannot hold, and for names and metadata that no reader would take; `shape`; `limit` for a
 * header of more than 32 MiB
 */
export const safetensorsChunks = (
  tensors: Readonly<Record<string, Writable>>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> => {
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, withFormat(tensor)] as const);
  for (const [name, tensor] of entries) checkWritable(name, tensor);
  entries.sort(([a, { format: f }], [b, { format: g }]) => FORMAT_BYTES[g] - FORMAT_BYTES[f] || (a < b ? -1 : 1));
  return chunksOf(headOf(entries, metadata), entries);
};

function* chunksOf(head: Uint8Array, entries: readonly (readonly [string, Formatted])[]): Generator<Uint8Array> {
  yield head;
  for (const [, { format, data }] of entries) yield encode(format, data);
}

const checkWritable = (name: string, { shape, data, format }: Formatted): void => {
  if (name === "__metadata__")
    throw new TensorError("format", "safetensors: __metadata__ is reserved and cannot name a tensor");
  checkText("the name of a tensor", name);
  if (!(Array.isArray(shape) && shape.every(isCount)))
    throw new TensorError(
      "shape",
      `safetensors: ${quoted(name)} has shape [${Array.from(shape ?? []).join(", ")}]; sizes are whole numbers of at least 0`,
    );
  const count = shape.reduce((p, n) => p * n, 1);
  if (count !== data.length)
    throw new TensorError(
      "shape",
      `safetensors: ${quoted(name)} has ${data.length} values for shape [${shape.join(", ")}], which holds ${count}`,
    );
  checkEncodable(name, format, data);
};

/** Half a surrogate pair has no UTF-8: other readers refuse the whole file. */
const checkText = (what: string, text: string): void => {
  if (/\p{Surrogate}/u.test(text))
    throw new TensorError("format", `safetensors: ${what}, ${quoted(text)}, is not well-formed Unicode`);
};

/** Length field and header, padded so that the data are aligned. */
const headOf = (
  entries: readonly (readonly [string, Formatted])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array => {
  if (!isStringRecord(metadata))
    throw new TensorError(
      "format",
      "safetensors: metadata must map strings to strings; write numbers as text: { step: String(step) }",
    );
  for (const text of Object.entries(metadata).flat()) checkText("metadata", text);
  let at = 0;
  const fields = entries.map(([name, { shape, data, format }]) => {
    const begin = at;
    at += data.length * FORMAT_BYTES[format];
    return [name, { dtype: format, shape, data_offsets: [begin, at] }] as const;
  });
  const first = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  // Not by assignment: a tensor may be called "__proto__".
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...first, ...fields])));
  const padded = Math.ceil(json.length / 8) * 8;
  if (padded > MAX_HEADER_BYTES)
    throw new TensorError(
      "limit",
      `safetensors: names and metadata take ${padded} bytes; readers refuse a header of more than ${MAX_HEADER_BYTES}`,
    );
  const head = new Uint8Array(8 + padded).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return head;
};

/** The whole file in memory. @throws TensorError as `safetensorsChunks` does */
export const writeSafetensors = (
  tensors: Readonly<Record<string, Writable>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const chunks = [...safetensorsChunks(tensors, metadata)];
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
};
