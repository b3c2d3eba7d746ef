/** Tables of captions, in the order in which they are looked for; `metadata` is what Hugging Face's `imagefolder` reads. */
export const CAPTION_TABLES = ["captions.jsonl", "captions.csv", "metadata.jsonl", "metadata.csv"];

const FILE_COLUMNS = ["file", "file_name"];
const TEXT_COLUMNS = ["text", "caption"];

/** A row by column. */
export type TableRow = Readonly<Record<string, unknown>>;

/** The rows of a table's text. @param name of the table, for messages */
export type ReadRows = (text: string, name: string) => Promise<readonly TableRow[]>;

/** Captions by the names of files, of rows with a `file` and a `text`. @throws Error naming the table and the row */
export const captionsOfRows = (rows: readonly TableRow[], name: string): Map<string, string> => {
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

const isText = (value: unknown): value is string => typeof value === "string";

/** The records of lines of JSON. @throws Error naming the line that is none */
export const jsonRows: ReadRows = async (text, name) =>
  text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const row = parsed(line);
    if (typeof row !== "object" || row === null) throw new Error(`${name}: line ${i + 1} is no JSON record`);
    return [row as TableRow];
  });

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
