import type { Extractor } from "@isoflop/metrics";
import { kind, number, positive, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { must } from "../errors.js";
import { networkExtractor } from "../network/extractor.js";
import { readBytes } from "../read-bytes.js";
import { sha256 } from "../sha256.js";
import { readOnnxModel } from "./model.js";
import { readOnnx } from "./read.js";

const three = <S extends v.GenericSchema<unknown, number>>(of: S) =>
  v.strictTuple([of, of, of], "three numbers, of red, green and blue");

/** Last part of a path or an address, without its ending. */
const stem = (path: string): string =>
  path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.onnx$/, "");

/** A convolutional network of the user's own, in an ONNX file that holds its weights. */
export const onnx = kind({
  name: "onnx",
  about: "a convolutional network of your own, in an ONNX file",
  options: {
    /** Where the file lies: a path, or an address in a page. */
    path: text,
    /** Numbers in a row of features. */
    dim: whole({ atLeast: 1 }),
    /** The value of the file that is the features, each image's in a row; what the network gives unless told. */
    output: v.optional(text),
    /** Height and width of the pictures that the network takes. */
    size: v.optional(whole({ atLeast: 1, atMost: 4096 }), 224),
    /** What pixels in 0..1 are less and divided by, red, green and blue; those of ImageNet unless told. */
    mean: v.optional(three(number()), [0.485, 0.456, 0.406]),
    std: v.optional(three(positive), [0.229, 0.224, 0.225]),
  },
  build: ({ path, dim, output, size, mean, std }): Extractor =>
    networkExtractor({
      ...{
        name: `${stem(path)}${output === undefined ? "" : `:${output}`}@${size}-bilinear`,
        dim,
        size,
        mean,
        std,
      },
      ...(output !== undefined && { output }),
      digest: async () => sha256(await readBytes(path)),
      async network() {
        const network = readOnnx(readOnnxModel(await readBytes(path)));
        must(
          network.size === undefined || network.size === size,
          "dimension",
          `The network of ${path} takes pictures of ${network.size} pixels; size is ${size}.`,
        );
        return network;
      },
    }),
});
