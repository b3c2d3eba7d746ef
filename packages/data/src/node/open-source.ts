import { read } from "@isoflop/spec";
import type * as v from "valibot";
import { DataError } from "../error.js";
import type { Opening } from "../opening.js";
import type { DataSource } from "../source.js";
import { sources } from "../sources.js";
import { cifar10 } from "./cifar10.js";
import { emojiScenes } from "./emoji.js";
import { hubImages } from "./hub/hub.js";
import { latentSource } from "./latents/open.js";
import { imageFolder } from "./pictures/folder.js";
import { parquetImages } from "./pictures/parquet.js";
import { webDataset } from "./pictures/webdataset.js";

/** How the sources that read files open. */
const readers: Readonly<Record<string, (options: never, opening: Opening) => Promise<DataSource>>> = {
  emoji: emojiScenes,
  cifar10,
  images: imageFolder,
  latents: latentSource,
  webdataset: webDataset,
  parquet: parquetImages,
  hub: hubImages,
};

/**
 * Opens the source that a record names, those that read files too.
 * @param opening what is told and stopped while files are decoded for the first time
 * @throws RangeError naming the field that is wrong and what would be right, DataError when a package that it needs is not installed or a
 * file cannot be used, the signal's reason
 */
export const openSource = async (
  input: v.InferInput<typeof sources.schema>,
  opening: Opening = {},
): Promise<DataSource> => {
  const spec = read(sources.schema, input, { name: "data", error: (message) => new RangeError(message) });
  const { source, ...options } = spec;
  const reader = readers[source];
  if (!reader) return sources.build(spec);
  try {
    return await reader(options as never, opening);
  } catch (error) {
    throw opening.signal?.aborted ? error : ofData(error);
  }
};

/** Errors of the system and of the program stay what they are. */
const ofData = (error: unknown): unknown => {
  const { name, message, code } = error as NodeJS.ErrnoException;
  return (name === "Error" || name === "RangeError") && code === undefined
    ? new DataError(message, { cause: error })
    : error;
};
