import { kinds } from "@isoflop/spec";
import { cosinePath } from "./paths/cosine.js";
import { linearPath } from "./paths/linear.js";
import { vpPath } from "./paths/vp.js";

/** Paths by name. */
export const paths = kinds("path", [linearPath, cosinePath, vpPath]);
