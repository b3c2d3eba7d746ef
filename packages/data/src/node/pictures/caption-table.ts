import { readFile } from "node:fs/promises";
import { optional } from "../optional.js";
import type { InputFile } from "../records/inputs.js";

/** Tables of captions, in the order in which they are looked for; `metadata` is what Hugging Face's `imagefolder` reads. */
export const CAPTION_TABLES = ["captions.jsonl", "captions.csv", "metadata.jsonl", "metadata.csv"];

const FILE_COLUMNS = ["file", "file_name"];
const TEXT_COLUMNS = ["text", "caption"];

/** Captions by the names of files, from a table with a column `file` and a column `text`. @throws Error naming the table and the line */
export const readCaptionTable = async ({ path, name }: InputFile): Promise<Map<string, string>> => {
  const text = await readFile(path, "utf8");
  const rows = name.endsWith(".csv") ? await csvRows(text, name) : jsonRows(text, name);
  const captions = new Map<string, string>();
  for (const [i, row] of rows.entries()) {
    const [file, caption] = [FILE_COLUMNS, TEXT_COLUMNS].map((columns) =>
      columns.map((column) => row[column]).find(isText),
    );
    if (file === undefined || caption === undefined)
      throw new Error(
        `${name}: row ${i + 1} has ${Object.keys(row).join(", ") || "nothing"}; it must have the texts "file" and "text"`,
      );
    const key = file.replace(/^\.\//, "").replaceAll("\\", "/");
    if (captions.has(key)) throw new Error(`${name}: row ${i + 1} is a second caption of "${key}"`);
    captions.set(key, caption.trim());
  }
  return captions;
};

type Row = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === "string";

const csvRows = async (text: string, name: string): Promise<Row[]> => {
  const { parse } = await optional("csv-parse", `reading ${name}`, () => import("csv-parse/sync"));
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (cause) {
    throw new Error(`${name} is no CSV table: ${(cause as Error).message}`, { cause });
  }
};

const jsonRows = (text: string, name: string): Row[] =>
  text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .flatMap((line, i) => {
      if (line.trim() === "") return [];
      const row = parsed(line);
      if (typeof row !== "object" || row === null) throw new Error(`${name}: line ${i + 1} is no JSON record`);
      return [row as Row];
    });

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
