import { gatedBranches } from "../modulation.js";
import { modulatedBlocks } from "./ada-ln.js";

/**
 * The published DiT: shift and scale of every norm and a gate on every branch (section 3.2; `facebookresearch/DiT: models.py`).
 * The modulation starts at zero, so every block of a new model is the identity.
 */
export const adaLNZero = modulatedBlocks("adaLNZero", 6, gatedBranches);
