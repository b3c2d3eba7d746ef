import { read } from "@isoflop/spec";
import type * as v from "valibot";
import type { Opening } from "../opening.js";
import type { DataSource } from "../source.js";
import { sources } from "../sources.js";
import { cifar10 } from "./cifar10.js";
import { emojiScenes } from "./emoji.js";
import { hubImages } from "./hub/hub.js";
import { imageFolder } from "./pictures/folder.js";
import { parquetImages } from "./pictures/parquet.js";
import { webDataset } from "./pictures/webdataset.js";

/** How the sources that read files open. */
const readers: Readonly<Record<string, (options: never, opening: Opening) => Promise<DataSource>>> = {
  emoji: emojiScenes,
  cifar10,
  images: imageFolder,
  webdataset: webDataset,
  parquet: parquetImages,
  hub: hubImages,
};

/**
 * Opens the source that a record names, those that read files too.
 * @param opening what is told and stopped while files are decoded for the first time
 * @throws RangeError naming the field that is wrong and what would be right, Error when a package that it needs is not installed or a
 * file cannot be used, the signal's reason
 */
export const openSource = async (
  input: v.InferInput<typeof sources.schema>,
  opening: Opening = {},
): Promise<DataSource> => {
  const spec = read(sources.schema, input, { name: "data", error: (message) => new RangeError(message) });
  const { source, ...options } = spec;
  return readers[source]?.(options as never, opening) ?? sources.build(spec);
};
