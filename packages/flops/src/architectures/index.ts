import { adaLN, adaLNZero } from "./ada-ln.js";
import { adaLNSingle } from "./ada-ln-single.js";
import type { Architecture } from "./architecture.js";
import { crossAttention } from "./cross-attention.js";
import { inContext } from "./in-context.js";
import { mmDit } from "./mm-dit.js";

/** Every architecture by the name of its conditioning. A new one is one file here and one line, and the same in `@isoflop/dit`. */
export const architectures = {
  inContext,
  crossAttention,
  adaLN,
  adaLNZero,
  adaLNSingle,
  mmDit,
} satisfies Readonly<Record<string, Architecture>>;
