import { checkIndex, dataSource } from "../data-source.js";
import { checkedImageOptions, type ImageOptions } from "../image-options.js";
import { keyOf } from "../random/key.js";
import { Stream } from "../random/stream.js";
import { checkSheet, type SpriteSheet } from "../sprites/sheet.js";
import { captionsOf } from "./captions.js";
import { drawKind, drawLayout, sizesFor } from "./draw.js";
import { heldOutSprites } from "./held-out.js";
import { emptyLayout, layoutHash, type Scene } from "./layout.js";
import { painter, spriteLevels } from "./paint.js";
import { backgrounds, visibleOn } from "./palette.js";
import { scenePosterior } from "./posterior.js";
import type { SceneSource, SceneSplit } from "./scene-source.js";
import { type ScenePrior, supports } from "./support.js";
import { tellingLayouts } from "./tell.js";

/** One layout in this many belongs to validation, by its hash. */
const VALIDATION_SHARE = 16;
const VALIDATION_SEED = 0;
/** Two to train on and two held out, so that both can be composed in pairs. */
const FEWEST_SPRITES = 4;
/** Even validation accepts most scenes within a hundred draws: this many misses mean that a sheet cannot be composed. */
const MOST_DRAWS = 10_000;

/** Endless scenes of the sprites of a sheet. Runs in browsers. */
export const scenes = (sheet: SpriteSheet, options: ImageOptions): SceneSource => {
  checkSheet(sheet);
  const { size, seed } = checkedImageOptions("scenes", options);
  if (sheet.cell < size)
    throw new RangeError(`scenes: ${sheet.cell} px sprites are too small for scenes of ${size} px`);
  if (sheet.names.length < FEWEST_SPRITES)
    throw new RangeError(`scenes: ${sheet.names.length} sprites, at least ${FEWEST_SPRITES} are needed`);
  const name = `${sheet.provenance.name}-scenes-${size}`;
  const sizes = sizesFor(size);
  const captions = captionsOf(sheet.names);
  const levels = spriteLevels(sheet, sizes);
  const paint = painter(levels, size);
  const shown = visibleOn(sheet);
  const heldOut = Uint16Array.from(heldOutSprites(sheet.names));
  const known = Uint16Array.from(sheet.names.keys()).filter((sprite) => !heldOut.includes(sprite));
  const streamsOf = (trainSeed: number) => ({
    train: new Stream(keyOf(trainSeed, "scenes/train")),
    validation: new Stream(keyOf(VALIDATION_SEED, "scenes/validation")),
    "validation-emoji": new Stream(keyOf(VALIDATION_SEED, "scenes/validation-emoji")),
  });
  const layout = emptyLayout();

  const isVisible = (sprite: number, background: number): boolean =>
    shown[sprite * backgrounds.length + background] === 1;
  /** Both objects stand out from the background, and they are two different things. */
  const shows = ({ kind, background, first, second }: Scene): boolean =>
    isVisible(first.sprite, background) &&
    (kind !== "pair" || (first.sprite !== second.sprite && isVisible(second.sprite, background)));
  const isHeldBack = (scene: Scene): boolean => layoutHash(scene) % VALIDATION_SHARE === 0;
  const priors: Readonly<Record<SceneSplit | "all", ScenePrior>> = {
    train: { name: "train", sprites: known, has: (scene) => shows(scene) && !isHeldBack(scene) },
    validation: { name: "validation", sprites: known, has: (scene) => shows(scene) && isHeldBack(scene) },
    "validation-emoji": { name: "validation-emoji", sprites: heldOut, has: shows },
    all: { name: "all", sprites: Uint16Array.from(sheet.names.keys()), has: shows },
  };

  /** The first layout of the index's stream that can be seen and that belongs to the split. */
  const draw = (stream: Stream, split: SceneSplit, index: number): Scene => {
    const { sprites, has } = priors[split];
    stream.seek(index);
    // Drawn once, because pairs are turned down more often: else they would be fewer than they should.
    layout.kind = drawKind(stream);
    for (let draws = 0; draws < MOST_DRAWS; draws++) {
      drawLayout(stream, sprites, size, sizes, layout);
      if (has(layout)) return layout;
    }
    throw new Error(`${name}: no scene of these ${sprites.length} sprites can be seen on any background`);
  };

  const openOf = supports(captions.ids, size, sizes);
  const priorOf = (prior: SceneSplit | "all"): ScenePrior => {
    if (!Object.hasOwn(priors, prior))
      throw new RangeError(`${name}: there is no prior "${prior}"; its priors are ${Object.keys(priors).join(", ")}`);
    return priors[prior];
  };
  const tell = tellingLayouts(sheet.names);

  const sourceOf = (trainSeed: number): SceneSource => {
    const streams = streamsOf(trainSeed);
    const sceneAt = (split: SceneSplit, index: number) => draw(streams[split], split, index);
    const source = dataSource<SceneSplit>({
      ...{ name, shape: [3, size, size], vocabulary: captions.vocabulary, captionLength: captions.length },
      provenance: sheet.provenance,
      splits: {
        train: { images: null, seed: trainSeed, what: `${known.length} sprites, layouts not in validation` },
        validation: { images: null, seed: VALIDATION_SEED, what: `the same sprites, 1 in ${VALIDATION_SHARE} layouts` },
        "validation-emoji": { images: null, seed: VALIDATION_SEED, what: `${heldOut.length} other sprites` },
      },
      settings: {
        cell: sheet.cell,
        sprites: sheet.names,
        heldOut: Array.from(heldOut, (sprite) => sheet.names[sprite]!),
        backgrounds: backgrounds.map((each) => each.name),
      },
      write(split, index, batch, at) {
        const scene = sceneAt(split, index);
        paint(scene, batch.images, at * 3 * size * size);
        captions.write(scene, batch.captions, at * captions.length);
      },
      caption: (split, index) => captions.sentence(sceneAt(split, index)),
    });
    return {
      ...source,
      layout(split, index) {
        source.size(split);
        checkIndex(name, "index", index);
        return tell.scene(sceneAt(split, index));
      },
      layouts: (prior, caption) => openOf(priorOf(prior), caption).flatMap(tell.open),
      posterior(prior) {
        const known = priorOf(prior);
        return scenePosterior(levels, size, (caption) => openOf(known, caption));
      },
      withSeed(other) {
        checkIndex(name, "seed", other);
        return sourceOf(other);
      },
    };
  };
  return sourceOf(seed);
};
