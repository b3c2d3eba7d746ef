import { kinds, type SpecIn, text } from "@isoflop/spec";
import * as v from "valibot";
import { none } from "./decoders/none.js";
import { safetensors } from "./decoders/safetensors.js";

/** Decoders by name: those that read files are opened by `openDecoder` of `@isoflop/data/node`. One that builds null draws nothing. */
export const decoders = kinds("decoder", [none, safetensors]);

/** The record of a decoder: `{ kind: name, …options }`. */
export type DecoderSpec = SpecIn<typeof decoders>;

/** The record of a decoder that a module of one's own exports. No run depends on it, so whoever draws pictures loads it. */
export interface ModuleDecoder {
  readonly module: string;
  readonly [option: string]: unknown;
}

const ofModule = v.looseObject({ module: text }, "a record");

/** How data name their decoder. */
export const decoderSchema = v.lazy((value: unknown) => {
  if (value === undefined) return v.union([decoders.schema, ofModule], "a record");
  return typeof value === "object" && value !== null && "module" in value ? ofModule : decoders.schema;
}) as v.GenericSchema as v.GenericSchema<
  v.InferInput<typeof decoders.schema> | ModuleDecoder,
  DecoderSpec | ModuleDecoder
>;
