import { record, text } from "@isoflop/spec";
import * as v from "valibot";
import { perChannel } from "../decoders/per-channel.js";
import { decoders } from "../decoders.js";
import { setFields } from "../pictures/options.js";

const FILES = "a path, a pattern such as ./latents-*.npz, or a list of them";

/** Files, in the order of the list and of their names. */
const files = v.union([text, v.pipe(v.array(text), v.nonEmpty(FILES))], FILES);

const { vocabulary, captionLength, validation, bad, seed } = setFields;

const ARRAY = "the name of an array beside the latents, or a record of path and key";

export const latentFields = {
  /** Files of arrays [n, channels, height, width]: safetensors, npz or npy. */
  path: files,
  /** What the array is called in its file. */
  key: v.optional(text, "latents"),
  /** Class of each latent: whole numbers from 0. */
  labels: v.optional(v.union([text, record({ path: files, key: v.optional(text, "labels") })], ARRAY)),
  /** Names of the classes: a list, or a file with one on each line. */
  classNames: v.optional(v.union([v.array(text), text], "a list of names, or a path")),
  /** Caption of each latent: files with one on each line, as text or JSON. */
  captions: v.optional(files),
  /** Captions as vectors of a frozen encoder: [n, tokens, dim]. */
  features: v.optional(
    record({
      /** The latents' own files if not given. */
      path: v.optional(files),
      key: v.optional(text, "features"),
      /** The array that says how many of a caption's vectors count, [n]. */
      lengths: v.optional(text),
      /** The array that says which of a caption's vectors count, [n, tokens]: ones, then zeros. */
      mask: v.optional(text),
    }),
  ),
  /** A model is given (x − shift) × scale. */
  scale: perChannel(1),
  shift: perChannel(0),
  ...{ vocabulary, captionLength, validation, bad, seed },
  /** What turns latents into pictures. */
  decoder: v.optional(decoders.schema),
};

/** Options of a source of latents, checked. */
export type LatentOptions = Readonly<v.InferOutput<v.StrictObjectSchema<typeof latentFields, undefined>>>;
