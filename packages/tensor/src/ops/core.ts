import type { Op } from "../graph/tensor.js";
import * as defined from "./index.js";

const isOp = (value: unknown): value is Op => typeof value === "object" && value !== null && "lowering" in value;

/** Every op of the core once, by name: bundlers list a module's exports in orders of their own. Checks are generated from this list. */
export const coreOps: readonly Op[] = Object.values(defined)
  .flatMap((value: unknown) => (isOp(value) ? [value] : []))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
