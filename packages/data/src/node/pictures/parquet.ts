import type { FiniteSplit } from "../../finite/finite.js";
import type { Opening } from "../../opening.js";
import type { FoundItem } from "../../pictures/item.js";
import type { CaptionKind, PictureOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import type { InputFile } from "../records/inputs.js";
import { loadParquet, type ParquetTable, parquetTable, type Row } from "./parquet-table.js";
import { filesOf } from "./paths.js";
import { type Origin, pictureSource } from "./picture-set.js";

/** Parquet files of images. */
export interface ParquetOptions extends PictureOptions {
  readonly path: string;
  /** The column of images; `image` if not given. */
  readonly image?: string | undefined;
  /** The column of captions; `text` or `caption` if not given. */
  readonly text?: string | undefined;
  /** The column of classes; `label` if not given. */
  readonly label?: string | undefined;
}

/**
 * The images of parquet files as Hugging Face `datasets` writes them: a column of `{ bytes, path }` (or of bytes), and one of texts or
 * of class labels. @throws Error naming files and rows that cannot be used, or columns that are not there
 */
export const parquetImages = async (options: ParquetOptions, opening: Opening = {}): Promise<DataSource<FiniteSplit>> =>
  parquetFiles(await filesOf("parquet", options.path), options, opening, { name: "parquet" });

export const parquetFiles = async (
  files: readonly InputFile[],
  options: Omit<ParquetOptions, "path">,
  opening: Opening,
  origin: Origin,
): Promise<DataSource<FiniteSplit>> => {
  await loadParquet();
  const first = await parquetTable(files[0]!).catch((cause: Error) => {
    throw new Error(`${origin.name}: ${files[0]!.name} cannot be read: ${cause.message}`, { cause });
  });
  const columns = columnsOf(first, options, `${origin.name}: ${files[0]!.name}`);
  const classes = columns.kind === "classes" ? first.classesOf(columns.caption!) : undefined;
  return pictureSource(
    {
      ...origin,
      files,
      captions: columns.kind,
      classes,
      reading: { ...columns },
      items: () => itemsOf(files, columns, classes),
    },
    options,
    opening,
  );
};

interface Columns {
  readonly kind: CaptionKind;
  readonly image: string;
  readonly caption?: string;
}

const columnsOf = (
  { columns }: ParquetTable,
  { captions, image, text, label }: Omit<ParquetOptions, "path">,
  file: string,
): Columns => {
  const column = (what: string, given: string | undefined, usual: readonly string[]): string => {
    const found = given === undefined ? usual.find((name) => columns.includes(name)) : given;
    if (found === undefined || !columns.includes(found))
      throw new Error(
        `${file} has no column "${given ?? usual[0]}"; its columns are ${columns.join(", ")}: name that of ${what} by "${usual[0]}"`,
      );
    return found;
  };
  const images = column("images", image, ["image"]);
  const has = (given: string | undefined, usual: readonly string[]) =>
    given !== undefined || usual.some((name) => columns.includes(name));
  const kind = captions ?? (has(text, TEXTS) ? "words" : has(label, LABELS) ? "classes" : "none");
  if (kind === "none") return { kind, image: images };
  const caption = kind === "words" ? column("captions", text, TEXTS) : column("classes", label, LABELS);
  return { kind, image: images, caption };
};

const TEXTS = ["text", "caption"];
const LABELS = ["label"];

type Classes = readonly string[] | undefined;

async function* itemsOf(files: readonly InputFile[], columns: Columns, classes: Classes): AsyncGenerator<FoundItem> {
  for (const file of files)
    try {
      yield* rowsOf(file, columns, classes);
    } catch (cause) {
      yield { name: file.name, reason: `it cannot be read: ${(cause as Error).message}` };
    }
}

async function* rowsOf(file: InputFile, columns: Columns, classes: Classes): AsyncGenerator<FoundItem> {
  const table = await parquetTable(file);
  const wanted = columns.caption === undefined ? [columns.image] : [columns.image, columns.caption];
  const missing = wanted.find((column) => !table.columns.includes(column));
  if (missing !== undefined) throw new Error(`it has no column "${missing}"`);
  const own = columns.kind === "classes" ? table.classesOf(columns.caption!) : undefined;
  if (own?.join("\n") !== classes?.join("\n")) throw new Error("its classes are not those of the first file");
  let row = 0;
  for await (const values of table.rows(wanted)) yield itemOf(`${file.name}/${row++}`, values, columns, classes);
}

const itemOf = (name: string, row: Row, { kind, image, caption }: Columns, classes: Classes): FoundItem => {
  const bytes = bytesOf(row[image]);
  if (bytes === undefined) return { name, reason: `column "${image}" has no bytes of an image` };
  if (kind === "none") return { name, caption: "", bytes: async () => bytes };
  const given = textOf(row[caption!], classes);
  if (given === undefined) return { name, reason: `column "${caption}" has no ${kind === "words" ? "text" : "class"}` };
  if (given === "") return { name, reason: "its caption is empty" };
  return { name, caption: given, bytes: async () => bytes };
};

/** `{ bytes, path }` as `datasets` writes an image, or its bytes alone. */
const bytesOf = (value: unknown): Uint8Array | undefined => {
  const bytes = value instanceof Uint8Array ? value : (value as { readonly bytes?: unknown } | null)?.bytes;
  return bytes instanceof Uint8Array && bytes.length > 0 ? bytes : undefined;
};

const textOf = (value: unknown, classes: Classes): string | undefined => {
  if (classes) return classes[Number(value ?? -1)];
  if (value instanceof Uint8Array) return new TextDecoder().decode(value).trim();
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? String(value).trim()
    : undefined;
};
