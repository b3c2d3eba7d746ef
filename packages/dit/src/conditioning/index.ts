import type { Conditioning, KnownConditioning } from "@isoflop/flops";
import { type Registry, registry } from "@isoflop/spec";
import { adaLN } from "./ada-ln.js";
import { adaLNSingle } from "./ada-ln-single.js";
import { adaLNZero } from "./ada-ln-zero.js";
import { crossAttention } from "./cross-attention.js";
import { inContext } from "./in-context.js";
import { mmDit } from "./mm-dit.js";
import type { Trunk } from "./trunk.js";

/** The trunks of this package, each of the name that its file gives it. */
const ours = { inContext, crossAttention, adaLN, adaLNZero, adaLNSingle, mmDit };

/** The parameters that come with each conditioning of this package. */
export type ParamsByConditioning = {
  readonly [K in KnownConditioning]: (typeof ours)[K] extends Trunk<infer P> ? P : never;
};

/** Parameters of a conditioning from outside: a tree of tensors. */
export type ParamsFromOutside = Readonly<Record<string, unknown>>;

/** The parameters that come with a conditioning. */
export type ParamsOf<K extends Conditioning> = K extends KnownConditioning
  ? ParamsByConditioning[K]
  : ParamsFromOutside;

/**
 * Every trunk under the name that the config gives its conditioning. One of this package is a file here and its place in the list, and the
 * same in `@isoflop/flops`; one from outside is added by `addConditioning`.
 */
export const trunks: Registry<Trunk<ParamsFromOutside>> = registry(
  "trunk",
  Object.values(ours) as readonly Trunk<unknown>[] as readonly Trunk<ParamsFromOutside>[],
);

export const trunkOf = <K extends Conditioning>(name: K): Trunk<ParamsOf<K>> =>
  trunks.get(name) as Trunk<unknown> as Trunk<ParamsOf<K>>;
