import { TensorError } from "../errors.js";
import { encode, FORMAT_BYTES } from "./formats.js";

/** A tensor to write. Floats may be stored narrower; integers keep their dtype. */
export interface Writable {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly format: "F32" | "F16" | "BF16" | "F64" | "I32" | "U32" | "U8" | "BOOL";
}

/**
 * The file as chunks, header first: only one tensor's bytes exist at a time. Wide elements come first, so that every range is aligned, then
 * names in order, so that equal contents give equal files.
 */
export function* safetensorsChunks(
  tensors: Readonly<Record<string, Writable>>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const names = Object.keys(tensors).sort(
    (a, b) => FORMAT_BYTES[tensors[b]!.format] - FORMAT_BYTES[tensors[a]!.format] || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let at = 0;
  for (const name of names) {
    const { shape, data, format } = tensors[name]!;
    const count = shape.reduce((p, n) => p * n, 1);
    if (name === "__metadata__")
      throw new TensorError("format", "safetensors: __metadata__ is reserved and cannot name a tensor");
    if (count !== data.length)
      throw new TensorError(
        "shape",
        `safetensors: ${JSON.stringify(name)} has ${data.length} values for shape [${shape.join(", ")}], which holds ${count}`,
      );
    const end = at + count * FORMAT_BYTES[format];
    header[name] = { dtype: format, shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  yield head;
  for (const name of names) yield encode(tensors[name]!.format, tensors[name]!.data);
}

/** The whole file in memory. */
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
