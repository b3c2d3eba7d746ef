import type { FeatureOptions } from "../../features/options.js";
import type { ArrayPart } from "../arrays/joined.js";
import { filesOf } from "../pictures/paths.js";
import type { InputFile } from "../records/inputs.js";

/** Where the vectors of captions lie. */
export interface FeatureParts {
  readonly array: ArrayPart;
  /** How many vectors of a caption count, or which. */
  readonly extent?: ArrayPart & { readonly kind: "lengths" | "mask" };
}

/**
 * Finds the files. @param beside the files in which they are where no others are named
 * @throws RangeError for a mask beside lengths, Error naming a file that is not there
 */
export const featureParts = async (
  source: string,
  { path, key, lengths, mask }: FeatureOptions,
  beside: readonly InputFile[],
): Promise<FeatureParts> => {
  if (lengths !== undefined && mask !== undefined)
    throw new RangeError("data.features has lengths and a mask; give one of the two");
  const files = path === undefined ? beside : await filesOf(source, path);
  const [extent, kind] = mask === undefined ? ([lengths, "lengths"] as const) : ([mask, "mask"] as const);
  return { array: { files, key }, ...(extent !== undefined && { extent: { files, key: extent, kind } }) };
};
