import { read } from "@isoflop/spec";
import type * as v from "valibot";
import type { ImageOptions } from "../image-options.js";
import type { DataSource } from "../source.js";
import { sources } from "../sources.js";
import { cifar10 } from "./cifar10.js";
import { emojiScenes } from "./emoji.js";

/** How the sources that read files open. */
const readers: Readonly<Record<string, (options: ImageOptions) => Promise<DataSource>>> = {
  emoji: emojiScenes,
  cifar10,
};

/**
 * Opens the source that a record names, those that read files too.
 * @throws RangeError naming the field that is wrong and what would be right, Error when a package that it needs is not installed
 */
export const openSource = async (input: v.InferInput<typeof sources.schema>): Promise<DataSource> => {
  const spec = read(sources.schema, input, { name: "data", error: (message) => new RangeError(message) });
  const { source, ...options } = spec;
  return readers[source]?.(options as unknown as ImageOptions) ?? sources.build(spec);
};
