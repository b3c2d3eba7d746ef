import type { Variant } from "../lowering.js";
import { matmulRegisters } from "./matmul-registers.js";

/** Every call kernel of this backend, most demanding variant of an op first. A new kernel joins here. */
export const VARIANTS: readonly Variant[] = [matmulRegisters];
