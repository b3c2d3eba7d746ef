import { kind, text } from "@isoflop/spec";
import type { Decoder } from "./decoder.js";
import { type PerChannel, perChannel } from "./per-channel.js";

/** Where the weights of a decoder lie, and what it takes. */
export interface DecoderFile {
  readonly path: string;
  /** It takes (x − shift) × scale of a latent x as its file has it: 1 and 0 if not given. */
  readonly scale?: PerChannel;
  readonly shift?: PerChannel;
}

export const safetensors = kind({
  name: "safetensors",
  about: "a small network whose weights lie in a safetensors file: convolutions and a pixel shuffle, or TAESD",
  options: { path: text, scale: perChannel(1), shift: perChannel(0) },
  build: async (_: DecoderFile): Promise<Decoder> => {
    throw new Error('the decoder "safetensors" reads a file; in Node, openDecoder of @isoflop/data/node opens it');
  },
});
