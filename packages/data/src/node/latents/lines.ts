import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { InputFile } from "../records/inputs.js";

const FIELDS = ["text", "caption"];

/**
 * The captions of files in order, one on each line: of `.jsonl` a text or a record with the text `text` or `caption`, of others the line
 * itself. @throws Error naming the file and the line
 */
export async function* captionLines(files: readonly InputFile[]): AsyncGenerator<string> {
  for (const { path, name } of files) {
    const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
    const json = /\.(jsonl|ndjson)$/i.test(name);
    let number = 0;
    for await (const line of lines) {
      number++;
      const text = number === 1 ? line.replace(/^\uFEFF/, "") : line;
      yield (json ? captionOf(text, `${name}: line ${number}`) : text).trim();
    }
  }
}

const captionOf = (line: string, where: string): string => {
  const value = parsed(line);
  if (typeof value === "string") return value;
  const record = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const text = FIELDS.map((field) => record[field]).find((field) => typeof field === "string");
  if (text !== undefined) return text as string;
  throw new Error(`${where} is no JSON text, nor a record with a text "text" or "caption"`);
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
