import { whole } from "@isoflop/spec";
import * as v from "valibot";

/** Options of every source by name: sides of 16 or 32 pixels, and the seed of the training images. */
export const imageOptions = {
  size: v.optional(v.picklist([16, 32], "16 or 32"), 16),
  seed: v.optional(whole(), 0),
} as const;
