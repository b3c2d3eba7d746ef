import type { Conditioning } from "@isoflop/flops";
import { adaLN } from "./ada-ln.js";
import { adaLNSingle } from "./ada-ln-single.js";
import { adaLNZero } from "./ada-ln-zero.js";
import { crossAttention } from "./cross-attention.js";
import { inContext } from "./in-context.js";
import { mmDit } from "./mm-dit.js";
import type { Trunk } from "./trunk.js";

/** Every trunk under the name that the config gives its conditioning. A new one is one file here and one line, and the same in `@isoflop/flops`. */
const trunks = { inContext, crossAttention, adaLN, adaLNZero, adaLNSingle, mmDit };

/** The parameters that come with each conditioning. */
export type ParamsByConditioning = {
  readonly [K in Conditioning]: (typeof trunks)[K] extends Trunk<infer P> ? P : never;
};

const byName: { readonly [K in Conditioning]: Trunk<ParamsByConditioning[K]> } = trunks;

export const trunkOf = <K extends Conditioning>(name: K): Trunk<ParamsByConditioning[K]> => byName[name];
