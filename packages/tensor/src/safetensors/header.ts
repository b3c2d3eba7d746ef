import { messageOf, TensorError } from "../errors.js";
import { FORMAT_BYTES, type Format, isFormat } from "./formats.js";
import { duplicateKey } from "./keys.js";
import { printable, quoted } from "./quoted.js";

/** One tensor of a file: where its bytes lie, counted from the end of the header. */
export interface Entry {
  readonly name: string;
  readonly format: Format;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Larger headers are refused unread: real ones stay below a few megabytes. */
export const MAX_HEADER_BYTES = 2 ** 25;

const bad = (message: string): TensorError => new TensorError("format", `safetensors: ${message}`);

/** The length field: the first 8 bytes, little-endian. */
export const headerLength = (prefix: Uint8Array, fileBytes: number): number => {
  if (prefix.length < 8) throw bad(`the file has ${prefix.length} bytes; the header length alone takes 8`);
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(fileBytes - 8))
    throw bad(
      `the header claims ${length} bytes, but only ${fileBytes - 8} follow; the file is truncated or not safetensors`,
    );
  if (length > BigInt(MAX_HEADER_BYTES))
    throw bad(`the header claims ${length} bytes; more than ${MAX_HEADER_BYTES} is refused`);
  return Number(length);
};

/** Parses and checks a header against the bytes that follow it: every range whole, in place, without gap or overlap. */
export const parseHeader = (json: Uint8Array, dataBytes: number): Header => {
  const text = decodeText(json);
  if (!text.startsWith("{")) throw bad("the header must be a JSON object starting with {");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw bad(`the header is not JSON: ${printable(messageOf(cause))}`);
  }
  const repeated = duplicateKey(text);
  if (repeated !== undefined) throw bad(`the header names ${quoted(repeated)} twice`);
  const { __metadata__: metadata = {}, ...tensors } = parsed as Record<string, unknown>;
  if (!isStringRecord(metadata)) throw bad("__metadata__ must map strings to strings");
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value));
  checkRanges(entries, dataBytes);
  return { entries, metadata };
};

const decodeText = (json: Uint8Array): string => {
  try {
    // A byte order mark stays, and is no {; shared memory must be copied to be decoded.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json.slice());
  } catch {
    throw bad("the header is not UTF-8");
  }
};

export const isStringRecord = (value: unknown): value is Record<string, string> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((v) => typeof v === "string");

export const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const describeList = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.slice(0, 8).map(quoted).join(", ")}${value.length > 8 ? ", ..." : ""}]`
    : quoted(value);

const isRange = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isCount);

const parseEntry = (name: string, value: unknown): Entry => {
  const { dtype, shape, data_offsets: offsets, ...rest } = (value ?? {}) as Record<string, unknown>;
  const extra = Object.keys(rest)[0];
  if (extra !== undefined)
    throw bad(`${quoted(name)} has an unknown field ${quoted(extra)}; fields are dtype, shape, data_offsets`);
  if (!isFormat(dtype))
    throw bad(`${quoted(name)} has dtype ${quoted(dtype)}; known are ${Object.keys(FORMAT_BYTES).join(", ")}`);
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw bad(
      `${quoted(name)} has a shape that is ${describeList(shape)}; it must be a list of whole numbers of at least 0`,
    );
  if (!isRange(offsets))
    throw bad(`${quoted(name)} has data_offsets that are ${describeList(offsets)}; they must be [begin, end]`);
  const [begin, end] = offsets;
  const bytes = shape.reduce((p, n) => p * n, FORMAT_BYTES[dtype]);
  if (end - begin !== bytes)
    throw bad(
      `${quoted(name)}, ${dtype}[${shape.join(", ")}], takes ${bytes} bytes, but its range [${begin}, ${end}] holds ${end - begin}`,
    );
  return { name, format: dtype, shape, begin, end };
};

const checkRanges = (entries: readonly Entry[], dataBytes: number): void => {
  let at = 0;
  let before = "the header";
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < at)
      throw bad(`the range of ${quoted(name)} begins at ${begin} and overlaps ${quoted(before)}, which ends at ${at}`);
    if (begin > at) throw bad(`nothing owns bytes ${at} to ${begin}, before ${quoted(name)}; ranges must leave no gap`);
    at = end;
    before = name;
  }
  if (at > dataBytes)
    throw bad(`the range of ${quoted(before)} ends at ${at}, but only ${dataBytes} bytes of data follow the header`);
  if (at < dataBytes) throw bad(`${dataBytes - at} bytes follow the last tensor; the file must end with it`);
};
