import { relative } from "node:path";
import { type NamedArray, namedBuffers, parameterCount, weightSets } from "@isoflop/dit";
import { type DitConfig, forward } from "@isoflop/flops";
import type { Identified } from "./identify.js";
import type { WeightFile } from "./read-file.js";

const count = (n: number): string => n.toLocaleString("en-US");

const contextText = ({ context }: DitConfig): string => {
  switch (context.kind) {
    case "none":
      return "nothing";
    case "classes":
      return `one of ${count(context.classes)} classes`;
    case "words":
      return `${context.tokens} words of ${count(context.vocabulary)}`;
    case "features":
      return `${context.tokens} features of ${count(context.dim)} numbers`;
  }
};

/** Whether a prefix tells an average of weights from the weights of the last step. */
const averageText = (prefix: string): string =>
  /(^|[._])ema([._]|$)/i.test(prefix)
    ? `an average (the prefix is "${prefix}")`
    : `no prefix tells an average: released files mostly are one${prefix === "" ? "" : ` (the prefix is "${prefix}")`}`;

/** What the weights are, a line each. */
export const described = (file: WeightFile, found: Identified): readonly string[] => {
  const { config, layout, prefix, assumed, family } = found;
  const { image, patch, width, depth, heads, conditioning, outChannels = image.channels } = config;
  const learned = outChannels === 2 * image.channels ? ", half of them a learned variance" : "";
  const arrays = Object.values<NamedArray>(file.arrays);
  const sets = weightSets(file.arrays).length;
  return [
    `${relative(".", file.path)}: ${arrays.length} arrays of ${file.formats.join(", ")}, ${count(file.bytes)} bytes`,
    `layout       ${layout}${sets > 1 ? `, one of ${sets} sets of names` : ""}`,
    `weights      ${averageText(prefix)}`,
    `model        ${conditioning}, depth ${depth}, width ${width}, ${heads} heads, patch ${patch}`,
    `latents      ${image.channels} × ${image.height} × ${image.width} in, ${outChannels} channels out${learned}`,
    `is told      ${contextText(config)}`,
    `parameters   ${count(parameterCount(config).trainable)}, ${(forward(config).total / 1e9).toPrecision(3)} GFLOPs a forward pass`,
    `family       ${family}: time times ${config.timeScale ?? 1000}`,
    ...assumed.map(({ field, why }) => `assumed      ${field}: ${why}`),
  ];
};

/** What was found right while the weights were read, a line each. */
export const verified = ({ layout, prefix, config }: Identified, file: WeightFile): readonly string[] => {
  const table = Object.keys(namedBuffers(config)).length > 0;
  const stored = Object.keys(file.arrays).some((name) => name.startsWith(prefix) && name.endsWith("pos_embed"));
  const position = stored
    ? "the stored position table is the sine-cosine one of this grid"
    : `no position table is stored${layout.startsWith("diffusers") ? ", as diffusers computes it" : ""}`;
  return [
    "every array that the model asks for is there, of its shape, and no other",
    "every number is finite",
    table ? position : "positions are learned",
  ];
};
