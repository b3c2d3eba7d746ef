import { dataSource } from "../data-source.js";
import { checkedImageOptions, type ImageOptions } from "../image-options.js";
import type { Posterior } from "../posterior.js";
import { keyOf } from "../random/key.js";
import { Stream } from "../random/stream.js";
import { checkSheet, type SpriteSheet } from "../sprites/sheet.js";
import { captionsOf } from "./captions.js";
import { drawKind, drawLayout, sizesFor } from "./draw.js";
import { heldOutSprites } from "./held-out.js";
import { emptyLayout, layoutHash, type Placed, places, relations, type Scene } from "./layout.js";
import { painter, spriteLevels } from "./paint.js";
import { backgrounds, visibleOn } from "./palette.js";
import { scenePosterior } from "./posterior.js";
import type { SceneLayout, SceneObject, SceneSource, SceneSplit } from "./scene-source.js";
import { type SceneLaw, supports } from "./support.js";

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
  const streams = {
    train: new Stream(keyOf(seed, "scenes/train")),
    validation: new Stream(keyOf(VALIDATION_SEED, "scenes/validation")),
    "validation-emoji": new Stream(keyOf(VALIDATION_SEED, "scenes/validation-emoji")),
  };
  const layout = emptyLayout();

  const isVisible = (sprite: number, background: number): boolean =>
    shown[sprite * backgrounds.length + background] === 1;
  /** Both objects stand out from the background, and they are two different things. */
  const shows = ({ kind, background, first, second }: Scene): boolean =>
    isVisible(first.sprite, background) &&
    (kind !== "pair" || (first.sprite !== second.sprite && isVisible(second.sprite, background)));
  const isHeldBack = (scene: Scene): boolean => layoutHash(scene) % VALIDATION_SHARE === 0;
  const laws: Readonly<Record<SceneSplit | "all", SceneLaw>> = {
    train: { name: "train", sprites: known, has: (scene) => shows(scene) && !isHeldBack(scene) },
    validation: { name: "validation", sprites: known, has: (scene) => shows(scene) && isHeldBack(scene) },
    "validation-emoji": { name: "validation-emoji", sprites: heldOut, has: shows },
    all: { name: "all", sprites: Uint16Array.from(sheet.names.keys()), has: shows },
  };

  /** The first layout of the index's stream that can be seen and that belongs to the split. */
  const draw = (split: SceneSplit, index: number): Scene => {
    const stream = streams[split];
    const { sprites, has } = laws[split];
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
  const lawOf = (law: SceneSplit | "all"): SceneLaw => {
    if (!Object.hasOwn(laws, law))
      throw new RangeError(`${name}: there is no law "${law}"; its laws are ${Object.keys(laws).join(", ")}`);
    return laws[law];
  };

  const posterior = (law: SceneSplit | "all"): Posterior => {
    const own = lawOf(law);
    return scenePosterior(levels, size, (caption) => openOf(own, caption));
  };

  const source = dataSource<SceneSplit>({
    ...{ name, shape: [3, size, size], vocabulary: captions.vocabulary, captionLength: captions.length },
    provenance: sheet.provenance,
    splits: {
      train: { images: null, seed, what: `${known.length} sprites, layouts not in validation` },
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
      const scene = draw(split, index);
      paint(scene, batch.images, at * 3 * size * size);
      captions.write(scene, batch.captions, at * captions.length);
    },
    caption: (split, index) => captions.sentence(draw(split, index)),
    posterior,
  });

  const told = ({
    kind,
    background,
    where,
  }: Pick<Scene, "kind" | "background" | "where">): Omit<SceneLayout, "objects"> => ({
    kind,
    background: backgrounds[background]!.name,
    ...(kind !== "big" && { where: (kind === "small" ? places : relations)[where]! }),
  });
  const object = (sprite: number, { x, y, size: pixels }: Omit<Placed, "sprite">): SceneObject => ({
    sprite: sheet.names[sprite]!,
    ...{ x, y, size: pixels },
  });

  return {
    ...source,
    layout(split, index) {
      // Has the checks of an index.
      source.caption(split, index);
      const { first, second, ...scene } = draw(split, index);
      const shown = scene.kind === "pair" ? [first, second] : [first];
      return { ...told(scene), objects: shown.map((placed) => object(placed.sprite, placed)), shade: scene.shade };
    },
    layouts: (law, caption) =>
      openOf(lawOf(law), caption).flatMap(({ reading, first, second, shares }) =>
        first.flatMap((one, i) =>
          second.flatMap((other, j) => {
            const probability = shares[i * second.length + j]!;
            if (probability === 0) return [];
            const objects = [object(reading.first, one), ...(other ? [object(reading.second, other)] : [])];
            return [{ ...told(reading), objects, probability }];
          }),
        ),
      ),
    posterior,
  };
};
