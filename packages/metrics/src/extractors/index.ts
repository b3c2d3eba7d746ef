import { kinds, type SpecIn } from "@isoflop/spec";
import { pixels } from "./pixels.js";

/** Extractors by name: what makes features of images. One of this package is a file here and its place in the list; one from outside is an `add`. */
export const extractors = kinds("extractor", [pixels]);

/** The record of an extractor. */
export type ExtractorSpec = SpecIn<typeof extractors>;
