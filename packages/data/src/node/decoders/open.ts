import { read } from "@isoflop/spec";
import type * as v from "valibot";
import type { Decoder } from "../../decoders/decoder.js";
import type { DecoderFile } from "../../decoders/safetensors.js";
import { decoders } from "../../decoders.js";

/**
 * Opens the decoder that a record names, those that read files too; null is the decoder `none`.
 * @throws RangeError naming the field that is wrong and what would be right, Error naming a file and what is wrong with it
 */
export const openDecoder = async (input: v.InferInput<typeof decoders.schema>): Promise<Decoder | null> => {
  const spec = read(decoders.schema, input, { name: "decoder", error: (message) => new RangeError(message) });
  const { kind, ...options } = spec;
  if (kind !== "safetensors") return decoders.build(spec);
  // Tensors are loaded only where something is decoded.
  const { fileDecoder } = await import("./file-decoder.js");
  return fileDecoder(options as unknown as DecoderFile);
};
