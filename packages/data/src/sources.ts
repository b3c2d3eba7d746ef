import { kinds, type SpecIn } from "@isoflop/spec";
import { cifar10Source } from "./sources/cifar10.js";
import { emojiSource } from "./sources/emoji.js";
import { hubSource } from "./sources/hub.js";
import { imagesSource } from "./sources/images.js";
import { latentsSource } from "./sources/latents.js";
import { parquetSource } from "./sources/parquet.js";
import { shapesSource } from "./sources/shapes.js";
import { webDatasetSource } from "./sources/webdataset.js";

/** Sources by name: those that read files are opened by `openSource` of `@isoflop/data/node`. */
export const sources = kinds(
  "data source",
  [emojiSource, shapesSource, cifar10Source, imagesSource, webDatasetSource, parquetSource, latentsSource, hubSource],
  "source",
);

/** The record of a source: `{ source: name, …options }`. */
export type DataSpec = SpecIn<typeof sources>;
