import {
  type CaptionReading,
  type Extractor,
  type ExtractorImages,
  type LoadedExtractor,
  MetricsError,
} from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { type Device, jit, openSafetensors, type Tensor } from "@isoflop/tensor";
import { must } from "../errors.js";
import { checkColours, colours } from "../images.js";
import { allWeights, valuesOf } from "../network/forward.js";
import type { Weights } from "../network/network.js";
import { once } from "../once.js";
import { readBytes } from "../read-bytes.js";
import { type Preparation, prepared, resizing } from "../resize.js";
import { sha256 } from "../sha256.js";
import { emojiWeights } from "../weights.js";
import { captionReader, type Said } from "./captions.js";
import { arrangements, emojiNetwork, FEATURES, SIZE } from "./network.js";

/** What the encoder makes of scenes, row by row: logits of classes, whose names it has. */
export interface EmojiLogits {
  /** The emoji that is leftmost or topmost, (count, names). */
  readonly near: Float64Array;
  /** The other; the same where there is one. */
  readonly far: Float64Array;
  /** How they lie, (count, 8): see `arrangements`. */
  readonly arrangement: Float64Array;
  /** (count, backgrounds) */
  readonly background: Float64Array;
}

export interface LoadedEmojiEncoder extends LoadedExtractor {
  /** Emoji by class. */
  readonly names: readonly string[];
  /** Colours by class. */
  readonly backgrounds: readonly string[];
  logits(images: ExtractorImages): Promise<EmojiLogits>;
  readCaptions(images: ExtractorImages, captions: readonly string[]): Promise<CaptionReading>;
}

/** An extractor that can also say what a scene shows. */
export interface EmojiEncoder extends Extractor {
  load(device: Device): Promise<LoadedEmojiEncoder>;
}

const NAME = `emoji-encoder@${SIZE}-bilinear`;
const BATCH = 32;
const HEADS = ["features", "near", "far", "arrangement", "background"] as const;

/** What captions say of scenes: which objects there are, how large and where they are, and the colour behind them. */
const statements = ["objects", "where", "background"] as const;

const open = async () => {
  const file = await openSafetensors(await readBytes(emojiWeights));
  const weights = new Map<string, Weights>();
  for (const name of file.names)
    weights.set(name, { shape: file.describe(name).shape, data: await file.float32(name) });
  const list = (key: string): readonly string[] => {
    const value: unknown = JSON.parse(file.metadata[key] ?? "null");
    must(Array.isArray(value), "file", `The weights of the emoji encoder have no list "${key}" in their metadata.`);
    return value;
  };
  return { weights, names: list("names"), backgrounds: list("backgrounds") };
};

const largest = (values: Float64Array): number =>
  values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

/** What a scene shows of what its caption says. */
const shows = (
  said: Said,
  { near, far, arrangement, background }: EmojiLogits,
): Readonly<Record<(typeof statements)[number], boolean>> => {
  const seen = arrangements[largest(arrangement)]!;
  const isPair = (of: string): boolean => of === "beside" || of === "above";
  const pair = isPair(said.arrangement);
  const found = isPair(seen)
    ? [largest(near), largest(far)].sort((a, b) => a - b)
    : [largest(near.map((value, i) => value + far[i]!))];
  const named = pair ? [said.near, said.far].sort((a, b) => a - b) : [said.near];
  // Which of two comes first is asked by itself: an object that is not recognised may still be at its side.
  const inOrder = near[said.near]! + far[said.far]! > near[said.far]! + far[said.near]!;
  return {
    objects: String(found) === String(named),
    where: seen === said.arrangement && (!pair || inOrder),
    background: largest(background) === said.background,
  };
};

const load = async (device: Device): Promise<LoadedEmojiEncoder> => {
  const { weights: stored, names, backgrounds } = await open();
  const network = emojiNetwork(stored, { names: names.length, backgrounds: backgrounds.length });
  const weights = allWeights(network).map(({ shape, data }) => device.tensor(data, shape));
  const [scale, shift] = [device.tensor([1, 1, 1]), device.tensor([0, 0, 0])];
  const resize = resizing(device, SIZE);
  const run = jit(
    (x: Tensor, preparation: Preparation, own: readonly Tensor[]) =>
      valuesOf(network, prepared(x, preparation), own, HEADS),
    { device },
  );
  const widths = {
    features: FEATURES,
    near: names.length,
    far: names.length,
    arrangement: arrangements.length,
    background: backgrounds.length,
  };
  const valuesFor = async (images: ExtractorImages) => {
    checkColours(NAME, images);
    const { count, height, width } = images;
    const preparation: Preparation = {
      ...(height !== SIZE && { down: resize.of(height) }),
      ...(width !== SIZE && { across: resize.of(width) }),
      ...{ scale, shift },
    };
    const all = HEADS.map((head) => new Float64Array(count * widths[head]));
    for (let first = 0; first < count; first += BATCH) {
      const x = device.tensor(colours(images, first, BATCH), [BATCH, 3, height, width]);
      const values = run(x, preparation, weights);
      for (const [i, head] of HEADS.entries()) {
        const rows = (await values[i]!.data()).subarray(0, Math.min(BATCH, count - first) * widths[head]);
        all[i]!.set(rows, first * widths[head]);
      }
      for (const tensor of [x, ...values]) tensor.dispose();
    }
    const [features, near, far, arrangement, background] = all as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return { features, near, far, arrangement, background };
  };
  const read = captionReader(names, backgrounds);
  return {
    names,
    backgrounds,
    features: async (images) => (await valuesFor(images)).features,
    logits: async (images) => {
      const { features: _, ...logits } = await valuesFor(images);
      return logits;
    },
    async readCaptions(images, captions) {
      if (captions.length !== images.count)
        throw new MetricsError(
          "dimension",
          `There are ${captions.length} captions of ${images.count} images; each image has one.`,
        );
      const said = captions.map(read);
      const logits = await valuesFor(images);
      const shown = new Int8Array(images.count * statements.length).fill(-1);
      for (const [i, one] of said.entries()) {
        if (!one) continue;
        const row = (head: keyof EmojiLogits): Float64Array =>
          logits[head].subarray(i * widths[head], (i + 1) * widths[head]);
        const seen = shows(one, {
          near: row("near"),
          far: row("far"),
          arrangement: row("arrangement"),
          background: row("background"),
        });
        for (const [s, statement] of statements.entries()) shown[i * statements.length + s] = seen[statement] ? 1 : 0;
      }
      return { statements, shown };
    },
    dispose() {
      run.dispose();
      resize.dispose();
      for (const tensor of [scale, shift, ...weights]) tensor.dispose();
    },
  };
};

const digest = once(async () => sha256(await readBytes(emojiWeights)));

/** A small encoder of emoji scenes of 16 pixels, trained on them: 96 features, and what a scene shows of what its caption says. */
export const emojiEncoder = kind({
  name: "emojiEncoder",
  about: "a small encoder of emoji scenes of 16 pixels, which comes along: 96 features, and it reads captions",
  options: {},
  build: (): EmojiEncoder => ({
    name: NAME,
    dim: FEATURES,
    digest,
    load,
  }),
});
