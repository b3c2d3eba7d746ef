import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * The one JSON text of a value: keys in order, no space, as RFC 8785 has it. Equal values have equal texts, so a hash of
 * the text identifies the value. Fields that are `undefined` are absent.
 * @throws TypeError naming the path of what JSON cannot say: functions, typed arrays, NaN, infinities
 */
export const canonicalJson = (value: unknown, path = "value"): string => {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, i) => canonicalJson(item, `${path}[${i}]`)).join()}]`;
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, `${path}.${key}`)}`).join()}}`;
  }
  throw new TypeError(
    `${path} is ${String(value)}; it must be plain JSON: records, arrays, texts, finite numbers, true, false or null`,
  );
};

/** The identity of a plain value: 32 hex digits of the SHA-256 of its canonical JSON. @throws TypeError as `canonicalJson` does */
export const digest = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value)))).slice(0, 32);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a JSON value that was is not the one that is: "spec.model.depth was 3 and is 1". */
export const differences = (was: unknown, is: unknown, path: string): string[] => {
  if (isRecord(was) && isRecord(is))
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      differences(was[key], is[key], `${path}.${key}`),
    );
  const [then, now] = [was, is].map((value) => (value === undefined ? "absent" : canonicalJson(value)));
  return then === now ? [] : [`${path} was ${then} and is ${now}`];
};
