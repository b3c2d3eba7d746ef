import path from "node:path";
import type { LatentOptions } from "../../latents/options.js";
import type { ArrayPart } from "../arrays/joined.js";
import { type FeatureParts, featureParts } from "../features/parts.js";
import { filesOf } from "../pictures/paths.js";
import type { InputFile } from "../records/inputs.js";

/** Everything that a source of latents is read from. */
export interface LatentParts {
  readonly latents: ArrayPart;
  readonly labels?: ArrayPart;
  readonly classNames?: InputFile;
  readonly captions?: readonly InputFile[];
  readonly features?: FeatureParts;
  /** All files, each once. */
  readonly files: readonly InputFile[];
}

/** Finds the files. @throws RangeError for options that exclude each other, Error naming a file that is not there */
export const partsOf = async (options: LatentOptions): Promise<LatentParts> => {
  const { labels, captions, features, classNames } = options;
  if (labels !== undefined && captions !== undefined)
    throw new RangeError("data has labels and captions; give one of the two: a label is a caption of one word");
  if (classNames !== undefined && labels === undefined)
    throw new RangeError("data.classNames are given, and no data.labels; give the labels that they name");
  const latents = { files: await filesOf("latents", options.path), key: options.key };
  const labelled = typeof labels === "string" ? besides(labels, latents.files) : labels;
  const named = labelled && { files: await filesOf("latents", labelled.path), key: labelled.key };
  const parts = {
    latents,
    ...(named && { labels: named }),
    ...(typeof classNames === "string" && { classNames: (await filesOf("latents", classNames))[0]! }),
    ...(captions !== undefined && { captions: await filesOf("latents", captions) }),
    ...(features && { features: await featureParts("latents", features, latents.files) }),
  };
  return { ...parts, files: once(parts) };
};

/** A name is that of an array in the latents' files, or of a file. */
const besides = (name: string, files: readonly InputFile[]) =>
  /\.(safetensors|npz|npy)$/i.test(name)
    ? { path: name, key: "labels" }
    : { path: files.map((file) => file.path), key: name };

const once = (parts: Omit<LatentParts, "files">): InputFile[] => {
  const { latents, labels, classNames, captions, features } = parts;
  const all = [latents.files, labels?.files, classNames, captions, features?.array.files].flatMap(
    (files) => files ?? [],
  );
  return [...new Map(all.map((file) => [path.resolve(file.path), file])).values()];
};
