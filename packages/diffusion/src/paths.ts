import { type Kinds, kinds } from "@isoflop/spec";
import type * as v from "valibot";
import type { Path } from "./path.js";
import { cosineKind } from "./paths/cosine.js";
import { linearKind } from "./paths/linear.js";
import { vpKind } from "./paths/vp.js";

const known = [linearKind, cosineKind, vpKind] as const;

/** Paths by name. */
export const paths: Kinds<Path, (typeof known)[number]> = kinds("path", known);

/** The record of a path. */
export type PathSpec = v.InferOutput<typeof paths.schema>;
