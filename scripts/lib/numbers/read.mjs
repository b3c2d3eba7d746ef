import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pageNumbers } from "./page.mjs";
import { textNumbers } from "./text.mjs";

/** @typedef {import("./text.mjs").Num} Num */
/** @typedef {"json" | "text" | "figure"} Kind */
/** @typedef {Partial<Record<Kind, Num[]>>} Numbers */

/** What names a program, a file or a process instead of a result. */
const named = /^versions$|sha256$|^node$|^pid$/i;
/** What a clock measured. */
const timed = /seconds|timings|^wall/i;

/** @param {unknown} value @param {boolean} measured @param {readonly string[]} [path] @returns {Num[]} */
const jsonNumbers = (value, measured, path = []) => {
  if (typeof value === "number") return [{ key: path.slice(-2).join("."), text: String(value), value }];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => jsonNumbers(one, measured, path));
  return Object.entries(value).flatMap(([name, one]) =>
    named.test(name) || (measured && timed.test(name)) ? [] : jsonNumbers(one, measured, [...path, name]),
  );
};

/**
 * The numbers of a document, told apart by the end of its name. Times are results in a plan, and left out where they were measured:
 * in trainings and studies.
 * @param {string} name @param {string} text
 * @returns {Numbers}
 */
export const documentNumbers = (name, text) => {
  const measured = /^(study|train|runs)\//.test(name);
  if (name.endsWith(".json")) return { json: jsonNumbers(JSON.parse(text), measured) };
  if (name.endsWith(".jsonl")) {
    const lines = text.split("\n").filter(Boolean);
    return { json: lines.flatMap((line) => jsonNumbers(JSON.parse(line), measured)) };
  }
  return /\.(html|svg)$/.test(name) ? pageNumbers(text, measured) : { text: textNumbers(text, measured) };
};

/** @param {string} name @param {string} path */
const readDocument = (name, path) => {
  try {
    return documentNumbers(name, readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
};

/**
 * Every document of a folder by its name. Folders called by a hash, such as runs by that of their spec, are one document, so that it
 * does not matter how a spec is written.
 * @param {string} folder
 * @returns {Map<string, Numbers>}
 */
export const readDocuments = (folder) => {
  /** @type {Map<string, Numbers>} */
  const documents = new Map();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, file);
    const name = relative(folder, path)
      .split(sep)
      .join("/")
      .replace(/\/[0-9a-f]{16}\//, "/*/");
    if (!/\.(jsonl?|html|svg|txt)$/.test(name) || name.includes("/checkpoints/")) continue;
    const document = documents.get(name) ?? {};
    for (const [kind, numbers] of Object.entries(readDocument(name, path)))
      document[/** @type {Kind} */ (kind)] = [...(document[/** @type {Kind} */ (kind)] ?? []), ...numbers];
    documents.set(name, document);
  }
  return documents;
};
