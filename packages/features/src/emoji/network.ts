import { FeaturesError, must } from "../errors.js";
import type { ConvolutionLayer, Layer, Network, Weights } from "../network/network.js";

/** Width and height of the pictures that the encoder reads. */
export const SIZE = 16;

/** Numbers of a row of features. */
export const FEATURES = 96;

/** Width of the code of an emoji, in which pictures and names meet. */
const CODE = 40;

/** How objects lie in a scene: one big, one small at a place, or two, beside or above each other. */
export const arrangements = ["big", "left", "right", "top", "bottom", "middle", "beside", "above"] as const;

/** Channels after each convolution, and its stride: 16 x 16 pixels become 4 x 4. */
const convolutions = [
  { channels: 32, stride: 1 },
  { channels: 40, stride: 2 },
  { channels: 56, stride: 1 },
  { channels: 40, stride: 2 },
] as const;

/** How many things the encoder tells apart. @internal */
export interface EmojiClasses {
  readonly names: number;
  readonly backgrounds: number;
}

/** Shapes of its weights by name. @internal */
export const emojiShapes = ({ names, backgrounds }: EmojiClasses): Readonly<Record<string, readonly number[]>> => {
  const shapes: Record<string, readonly number[]> = {};
  let into = 3;
  for (const [i, { channels }] of convolutions.entries()) {
    shapes[`conv${i}.weight`] = [3, 3, into, channels];
    shapes[`conv${i}.bias`] = [channels];
    into = channels;
  }
  const linear = (name: string, from: number, to: number): void => {
    shapes[`${name}.weight`] = [from, to];
    shapes[`${name}.bias`] = [to];
  };
  linear("features", (SIZE / 4) ** 2 * into, FEATURES);
  for (const end of ["near", "far"]) linear(end, FEATURES, CODE);
  shapes.names = [CODE, names];
  linear("arrangement", FEATURES, arrangements.length);
  linear("background", FEATURES, backgrounds);
  return shapes;
};

/**
 * The encoder of emoji scenes of 16 × 16 pixels in -1..1. Values: "features"; logits of the emoji that is leftmost or topmost ("near") and of the other
 * ("far"), which are one where there is one; of the "arrangement" and of the "background".
 * @throws FeaturesError `file` naming weights that are missing or of another shape
 * @internal
 */
export const emojiNetwork = (weights: ReadonlyMap<string, Weights>, classes: EmojiClasses): Network => {
  const shapes = emojiShapes(classes);
  const weight = (name: string): Weights => {
    const found = weights.get(name);
    if (!found) throw new FeaturesError("file", `The weights of the emoji encoder lack "${name}".`);
    const right = shapes[name]!;
    must(
      String(found.shape) === String(right),
      "file",
      `The weights "${name}" of the emoji encoder are [${found.shape.join(", ")}]; they must be [${right.join(", ")}].`,
    );
    return found;
  };
  const linear = (name: string, input: string, key = name): Layer => ({
    ...{ kind: "linear", name, inputs: [input] },
    ...{ weight: weight(`${key}.weight`), bias: weight(`${key}.bias`) },
  });
  const trunk = convolutions.map(
    ({ stride }, i): ConvolutionLayer => ({
      ...{ kind: "convolution", name: `conv${i}`, inputs: [i === 0 ? "images" : `conv${i - 1}`] },
      ...{ kernel: weight(`conv${i}.weight`), bias: weight(`conv${i}.bias`) },
      ...{ stride: [stride, stride], dilation: [1, 1], padding: "same", groups: 1, activation: "relu" },
    }),
  );
  const named = (end: "near" | "far"): readonly Layer[] => [
    linear(`${end}.code`, "features", end),
    { kind: "matmul", name: end, inputs: [`${end}.code`, "names"] },
  ];
  return {
    ...{ input: "images", axes: "NHWC", output: "features", constants: new Map([["names", weight("names")]]) },
    layers: [
      ...trunk,
      { kind: "flatten", name: "pixels", inputs: [`conv${convolutions.length - 1}`] },
      linear("features.before", "pixels", "features"),
      { kind: "pointwise", function: "relu", name: "features", inputs: ["features.before"] },
      ...named("near"),
      ...named("far"),
      linear("arrangement", "features"),
      linear("background", "features"),
    ],
  };
};
