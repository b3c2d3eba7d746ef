import type { Conditioning as Name } from "@isoflop/flops";
import { adaLN } from "./ada-ln.js";
import { adaLNSingle } from "./ada-ln-single.js";
import { adaLNZero } from "./ada-ln-zero.js";
import type { Conditioning } from "./conditioning.js";
import { crossAttention } from "./cross-attention.js";
import { inContext } from "./in-context.js";
import { mmDit } from "./mm-dit.js";

/** Every conditioning under the name that the config gives it. A new one is one file here and one line, and the same in `@isoflop/flops`. */
const conditionings = { inContext, crossAttention, adaLN, adaLNZero, adaLNSingle, mmDit };

/** The parameters that come with each conditioning. */
export type ParamsByConditioning = {
  readonly [K in Name]: (typeof conditionings)[K] extends Conditioning<infer P> ? P : never;
};

const byName: { readonly [K in Name]: Conditioning<ParamsByConditioning[K]> } = conditionings;

export const conditioningOf = <K extends Name>(name: K): Conditioning<ParamsByConditioning[K]> => byName[name];
