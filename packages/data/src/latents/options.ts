import { record, text } from "@isoflop/spec";
import * as v from "valibot";
import { perChannel } from "../decoders/per-channel.js";
import { decoderSchema } from "../decoders.js";
import { featureFields, files } from "../features/options.js";
import { setFields } from "../pictures/options.js";

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
  /** Captions as vectors, in the latents' own files if no path is given. */
  features: v.optional(record({ ...featureFields, path: v.optional(files) })),
  /** A model is given (x − shift) × scale. */
  scale: perChannel(1),
  shift: perChannel(0),
  ...{ vocabulary, captionLength, validation, bad, seed },
  /** What turns latents into pictures. */
  decoder: v.optional(decoderSchema),
};

/** Options of a source of latents, checked. */
export type LatentOptions = Readonly<v.InferOutput<v.StrictObjectSchema<typeof latentFields, undefined>>>;
