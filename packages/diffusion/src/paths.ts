import { kinds } from "@isoflop/spec";
import { cosinePath } from "./paths/cosine.js";
import { discretePath } from "./paths/discrete.js";
import { edmPath } from "./paths/edm.js";
import { linearPath } from "./paths/linear.js";
import { vePath } from "./paths/ve.js";
import { vpPath } from "./paths/vp.js";

/** Paths by name. */
export const paths = kinds("path", [linearPath, cosinePath, vpPath, vePath, edmPath, discretePath]);
