import { kinds, type SpecIn } from "@isoflop/spec";
import { none } from "./decoders/none.js";
import { safetensors } from "./decoders/safetensors.js";

/** Decoders by name: those that read files are opened by `openDecoder` of `@isoflop/data/node`. One that builds null draws nothing. */
export const decoders = kinds("decoder", [none, safetensors]);

/** The record of a decoder: `{ kind: name, …options }`. */
export type DecoderSpec = SpecIn<typeof decoders>;
