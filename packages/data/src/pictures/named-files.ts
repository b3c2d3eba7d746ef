import { CAPTION_TABLES, captionsOfRows, jsonRows, type ReadRows } from "./caption-table.js";
import { baseOf, folderOf, isImage, stem } from "./endings.js";
import type { FoundItem } from "./item.js";
import type { CaptionKind } from "./options.js";

/** A file of a set, wherever it lies. */
export interface NamedFile {
  /** Its name within the set, with "/" between folders. */
  readonly name: string;
  bytes(): Promise<Uint8Array>;
}

/** Images among files, and where their captions are. */
export interface FoundFiles<F extends NamedFile> {
  readonly kind: CaptionKind;
  readonly images: readonly F[];
  /** All files that hold captions. */
  readonly captions: readonly F[];
  readonly table?: F | undefined;
  readonly beside: ReadonlyMap<string, F>;
}

/**
 * Captions are in a table, or in a `.txt` beside each image, or are the names of the folders: the first of these that there is.
 * @throws Error where there are no images, or no such captions as are asked for
 */
export const findFiles = <F extends NamedFile>(
  source: string,
  files: readonly F[],
  asked: CaptionKind | undefined,
): FoundFiles<F> => {
  const images = files.filter(({ name }) => isImage(name));
  if (images.length === 0) throw new Error(`${source}: there are no images among ${files.length} files`);
  const byName = new Map(files.map((file) => [file.name, file]));
  const table = CAPTION_TABLES.map((name) => byName.get(name)).find((file) => file !== undefined);
  const texts = [...new Set(images.flatMap(({ name }) => byName.get(`${stem(name)}.txt`) ?? []))];
  const kind = asked ?? (table || texts.length > 0 ? "words" : hasClasses(images) ? "classes" : "none");
  if (kind !== "words") return { kind, images, captions: [], beside: new Map() };
  if (table) return { kind, images, captions: [table], table, beside: new Map() };
  if (texts.length === 0)
    throw new Error(
      `${source}: captions is "words", and there is no ${CAPTION_TABLES[0]}, no ${CAPTION_TABLES[1]} and no .txt beside an image`,
    );
  return { kind, images, captions: texts, beside: new Map(texts.map((file) => [file.name, file])) };
};

/** Whether all images lie in folders, of which there are several. */
const hasClasses = (images: readonly NamedFile[]): boolean => {
  const folders = new Set(images.map(({ name }) => folderOf(name)));
  return folders.size > 1 && !folders.has("");
};

/** The images with their captions, and what has none. @param readCsv of a table that is CSV */
export async function* itemsOf<F extends NamedFile>(
  found: FoundFiles<F>,
  readCsv: ReadRows,
): AsyncGenerator<FoundItem> {
  const table = found.table && (await tableOf(found.table, readCsv));
  for (const image of found.images) {
    const caption = await captionOf(image.name, found, table);
    if (typeof caption === "string") yield { name: image.name, caption, bytes: () => image.bytes() };
    else yield { name: image.name, ...caption };
  }
  const names = new Set(found.images.map(({ name }) => name));
  for (const name of table?.keys() ?? [])
    if (!names.has(name)) yield { name, reason: `${found.table!.name} names it, and there is no such image` };
}

/** A text without the mark that some editors begin it with. */
const textOf = async (file: NamedFile): Promise<string> => new TextDecoder().decode(await file.bytes());

const tableOf = async (file: NamedFile, readCsv: ReadRows): Promise<Map<string, string>> => {
  const rows = await (file.name.endsWith(".csv") ? readCsv : jsonRows)(await textOf(file), file.name);
  return captionsOfRows(rows, file.name);
};

const captionOf = async <F extends NamedFile>(
  name: string,
  found: FoundFiles<F>,
  table: ReadonlyMap<string, string> | undefined,
): Promise<string | { readonly reason: string }> => {
  if (found.kind === "none") return "";
  if (found.kind === "classes") return baseOf(folderOf(name)) || { reason: "it lies in no folder of a class" };
  const text = `${stem(name)}.txt`;
  const file = found.beside.get(text);
  const caption = table ? table.get(name) : file && (await textOf(file)).trim();
  if (caption === undefined)
    return { reason: table ? `${found.table!.name} has no caption of it` : `it has no ${baseOf(text)}` };
  return caption === "" ? { reason: "its caption is empty" } : caption;
};
