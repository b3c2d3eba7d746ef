import type { Conditioning } from "@isoflop/flops";
import { namedLeaves, type Tensor } from "@isoflop/tensor";
import type { DitParams } from "./network.js";

/** Every parameter by its name in the official code's spelling, such as `blocks.0.attn.qkv.weight`. */
export const namedParams = <K extends Conditioning>(params: DitParams<K>): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(namedLeaves(params).map(([path, leaf]) => [path.replace(/\[(\d+)\]/g, ".$1"), leaf]));
