import { kind, read, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { DataSource } from "./source.js";

/** What a source of square images is opened with. */
export interface ImageOptions {
  /** Width and height in pixels. Photos of 32 are averaged down to 16. */
  readonly size: 16 | 32;
  /** Seed of the training images or of their order, a non-negative safe integer; 0 if not given. Validation does not depend on it. */
  readonly seed?: number;
}

const [size, seed] = [v.picklist([16, 32], "16 or 32"), v.optional(whole(), 0)];
const schema = record({ size, seed });

/** The options of a source of square images of two sizes. */
export const imageFields = { size: v.optional(size, 16), seed };

/** @throws RangeError naming the option, its value and what would be right */
export const checkedImageOptions = (name: string, { size, seed }: ImageOptions): Required<ImageOptions> =>
  read(schema, { size, seed }, { name, error: (message) => new RangeError(message) });

/** A source of square images by name, of two sizes. */
export const imageSource = <const N extends string>(
  name: N,
  about: string,
  build: (options: ImageOptions) => Promise<DataSource>,
) => kind({ name, about, options: imageFields, build });
