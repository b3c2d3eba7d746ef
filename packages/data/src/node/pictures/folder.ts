import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FiniteSplit } from "../../finite/finite.js";
import { compareTexts } from "../../finite/order.js";
import type { Opening } from "../../opening.js";
import { isImage } from "../../pictures/endings.js";
import { findFiles, itemsOf } from "../../pictures/named-files.js";
import type { PictureOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import type { InputFile } from "../records/inputs.js";
import { csvRows } from "./csv.js";
import { type Origin, pictureSource } from "./picture-set.js";
import { filesBelow } from "./walk.js";

/** A folder of images. */
export interface FolderOptions extends PictureOptions {
  readonly path: string;
}

/**
 * The images of a folder and the folders below it. Captions are in `captions.jsonl` or `.csv`, or in a `.txt` beside each image, or are
 * the names of the folders. @throws Error naming files that cannot be used, or what is not there
 */
export const imageFolder = async (options: FolderOptions, opening: Opening = {}): Promise<DataSource<FiniteSplit>> => {
  const files = await filesBelow(path.resolve(options.path));
  if (!files.some(({ name }) => isImage(name))) throw new Error(`images: there are no images in ${options.path}`);
  return imageFiles(files, options, opening, { name: "images" });
};

/** The images among files, with the captions among them. */
export const imageFiles = async (
  files: readonly InputFile[],
  options: PictureOptions,
  opening: Opening,
  origin: Origin,
): Promise<DataSource<FiniteSplit>> => {
  const named = files.map((file) => ({ ...file, bytes: () => readFile(file.path) }));
  const found = findFiles(origin.name, named, options.captions);
  return pictureSource(
    {
      ...origin,
      files: [...found.images, ...found.captions].sort((a, b) => compareTexts(a.name, b.name)),
      captions: found.kind,
      reading: { table: found.table?.name ?? null },
      items: () => itemsOf(found, csvRows),
    },
    options,
    opening,
  );
};
