import { record, text } from "@isoflop/spec";
import * as v from "valibot";

const FILES = "a path, a pattern such as ./latents-*.npz, or a list of them";

/** Files, in the order of the list and of their names. */
export const files = v.union([text, v.pipe(v.array(text), v.nonEmpty(FILES))], FILES);

/** Captions as vectors of a frozen encoder: [n, tokens, dim], or [n, dim]. */
export const featureFields = {
  /** Files of arrays: safetensors, npz or npy. */
  path: files,
  key: v.optional(text, "features"),
  /** The array that says how many of a caption's vectors count, [n]. */
  lengths: v.optional(text),
  /** The array that says which of a caption's vectors count, [n, tokens]: ones, then zeros. */
  mask: v.optional(text),
};

/** Beside pictures, which files tell by their names. */
export const namedFeatures = record({
  ...featureFields,
  /** A file with the name of an image on each line, in the order of the rows. */
  names: text,
});

/** Where vectors lie. */
export interface FeatureOptions {
  readonly path?: string | readonly string[] | undefined;
  readonly key: string;
  readonly lengths?: string | undefined;
  readonly mask?: string | undefined;
}
