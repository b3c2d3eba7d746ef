import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FiniteSplit } from "../../finite/finite.js";
import { compareTexts } from "../../finite/order.js";
import type { PictureOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import type { InputFile } from "../records/inputs.js";
import type { Opening } from "../records/opening.js";
import { CAPTION_TABLES, readCaptionTable } from "./caption-table.js";
import { isImage, stem } from "./endings.js";
import type { FoundItem } from "./item.js";
import { type CaptionKind, pictureSource } from "./picture-set.js";
import { filesBelow } from "./walk.js";

/** A folder of images. */
export interface FolderOptions extends PictureOptions {
  readonly path: string;
}

/** Where the parts of a source come from, if not from a folder of the user's. */
export interface Origin {
  readonly name: string;
  readonly licence?: string;
  readonly package?: string;
}

/**
 * The images of a folder and the folders below it. Captions are in `captions.jsonl` or `.csv`, or in a `.txt` beside each image, or are
 * the names of the folders. @throws Error naming files that cannot be used, or what is not there
 */
export const imageFolder = async (
  options: FolderOptions,
  opening: Opening = {},
  origin: Origin = { name: "images" },
): Promise<DataSource<FiniteSplit>> => {
  const files = await filesBelow(path.resolve(options.path));
  const images = files.filter(({ name }) => isImage(name));
  if (images.length === 0) throw new Error(`${origin.name}: there are no images in ${options.path}`);
  const found = captionsIn(files, images, options.captions);
  return pictureSource(
    {
      ...origin,
      files: [...images, ...found.files].sort((a, b) => compareTexts(a.name, b.name)),
      captions: found.kind,
      reading: { table: found.table?.name ?? null },
      items: () => itemsOf(images, found),
    },
    options,
    opening,
  );
};

/** Where captions are. */
interface FoundCaptions {
  readonly kind: CaptionKind;
  readonly table?: InputFile | undefined;
  /** All files that hold captions. */
  readonly files: readonly InputFile[];
  readonly beside: ReadonlyMap<string, InputFile>;
}

const captionsIn = (
  files: readonly InputFile[],
  images: readonly InputFile[],
  asked: CaptionKind | undefined,
): FoundCaptions => {
  const none = { files: [], beside: new Map<string, InputFile>() };
  const byName = new Map(files.map((file) => [file.name, file]));
  const table = CAPTION_TABLES.map((name) => byName.get(name)).find((file) => file !== undefined);
  const texts = images.flatMap(({ name }) => byName.get(`${stem(name)}.txt`) ?? []);
  const words = table !== undefined || texts.length > 0;
  const folders = new Set(images.map(({ name }) => path.posix.dirname(name)));
  const kind = asked ?? (words ? "words" : folders.size > 1 && !folders.has(".") ? "classes" : "none");
  if (kind !== "words") return { ...none, kind };
  if (table) return { ...none, kind, table, files: [table] };
  if (texts.length === 0)
    throw new Error(
      `images: captions is "words", and there is no ${CAPTION_TABLES[0]}, no ${CAPTION_TABLES[1]} and no .txt beside an image`,
    );
  return { kind, files: [...new Set(texts)], beside: new Map(texts.map((file) => [file.name, file])) };
};

async function* itemsOf(images: readonly InputFile[], found: FoundCaptions): AsyncGenerator<FoundItem> {
  const table = found.table && (await readCaptionTable(found.table));
  for (const image of images) {
    const caption = await captionOf(image.name, found, table);
    if (typeof caption === "string") yield { name: image.name, caption, bytes: () => readFile(image.path) };
    else yield { name: image.name, ...caption };
  }
  const names = new Set(images.map(({ name }) => name));
  for (const name of table?.keys() ?? [])
    if (!names.has(name)) yield { name, reason: `${found.table!.name} names it, and there is no such image` };
}

const captionOf = async (
  name: string,
  { kind, beside, table: { name: tableName } = { name: "", path: "" } }: FoundCaptions,
  table: ReadonlyMap<string, string> | undefined,
): Promise<string | { readonly reason: string }> => {
  if (kind === "none") return "";
  if (kind === "classes") {
    const folder = path.posix.dirname(name);
    return folder === "." ? { reason: "it lies in no folder of a class" } : path.posix.basename(folder);
  }
  const text = `${stem(name)}.txt`;
  const file = beside.get(text);
  const caption = table ? table.get(name) : file && (await readFile(file.path, "utf8")).replace(/^\uFEFF/, "").trim();
  if (caption === undefined)
    return { reason: table ? `${tableName} has no caption of it` : `it has no ${path.posix.basename(text)}` };
  return caption === "" ? { reason: "its caption is empty" } : caption;
};
