import { checkIndex, checkSplit, prepareBatch } from "../checks.js";
import { checkedImageOptions, type ImageOptions } from "../image-options.js";
import { keyOf } from "../random/key.js";
import { Stream } from "../random/stream.js";
import type { Batch, DataSource, SourceDescription } from "../source.js";
import { checkSheet, type SpriteSheet } from "../sprites/sheet.js";
import { Captions } from "./captions.js";
import { drawKind, drawLayout, sizesFor } from "./draw.js";
import { heldOutSprites } from "./held-out.js";
import { emptyLayout, layoutHash, type Scene } from "./layout.js";
import { Painter } from "./paint.js";
import { backgrounds, visibleOn } from "./palette.js";

/**
 * "validation": the training sprites in exact layouts (sprites, sizes, places, colour) that no training scene of any
 * seed has. "validation-emoji": only sprites that no training scene has.
 */
export type SceneSplit = "train" | "validation" | "validation-emoji";

const splits = ["train", "validation", "validation-emoji"] as const;

/** One layout in this many belongs to validation, by its hash. */
const VALIDATION_SHARE = 16;
const VALIDATION_SEED = 0;
/** Two to train on and two held out, so that both can be composed in pairs. */
const FEWEST_SPRITES = 4;
/** Even validation accepts most scenes within a hundred draws: this many misses mean that a sheet cannot be composed. */
const MOST_DRAWS = 10_000;

/** Endless scenes of the sprites of a sheet. Runs in browsers. */
export const scenes = (sheet: SpriteSheet, options: ImageOptions): DataSource<SceneSplit> => new Scenes(sheet, options);

class Scenes implements DataSource<SceneSplit> {
  readonly name: string;
  readonly shape: readonly [3, number, number];
  readonly splits = splits;
  readonly #seed: number;
  readonly #sheet: SpriteSheet;
  readonly #captions: Captions;
  readonly #painter: Painter;
  readonly #visible: Uint8Array;
  readonly #known: Uint16Array;
  readonly #heldOut: Uint16Array;
  readonly #streams: { readonly [S in SceneSplit]: Stream };
  readonly #sizes: ReturnType<typeof sizesFor>;
  readonly #layout = emptyLayout();

  constructor(sheet: SpriteSheet, options: ImageOptions) {
    checkSheet(sheet);
    const { size, seed } = checkedImageOptions("scenes", options);
    this.name = `${sheet.provenance.name}-scenes-${size}`;
    if (sheet.cell < size)
      throw new RangeError(`scenes: ${sheet.cell} px sprites are too small for scenes of ${size} px`);
    if (sheet.names.length < FEWEST_SPRITES)
      throw new RangeError(`scenes: ${sheet.names.length} sprites, at least ${FEWEST_SPRITES} are needed`);
    this.shape = [3, size, size];
    this.#seed = seed;
    this.#sheet = sheet;
    this.#sizes = sizesFor(size);
    this.#captions = new Captions(sheet.names);
    this.#painter = new Painter(sheet, size, this.#sizes);
    this.#visible = visibleOn(sheet);
    const heldOut = heldOutSprites(sheet.names);
    this.#heldOut = Uint16Array.from(heldOut);
    this.#known = Uint16Array.from(sheet.names.keys()).filter((sprite) => !heldOut.includes(sprite));
    this.#streams = {
      train: new Stream(keyOf(seed, "scenes/train")),
      validation: new Stream(keyOf(VALIDATION_SEED, "scenes/validation")),
      "validation-emoji": new Stream(keyOf(VALIDATION_SEED, "scenes/validation-emoji")),
    };
  }

  get vocabulary() {
    return this.#captions.vocabulary;
  }

  get captionLength() {
    return this.#captions.length;
  }

  size(split: SceneSplit): number {
    checkSplit(this, split);
    return Number.POSITIVE_INFINITY;
  }

  epoch(split: SceneSplit, index: number): number {
    checkSplit(this, split);
    checkIndex(this.name, "index", index);
    return 0;
  }

  batch(split: SceneSplit, start: number, count: number, out?: Batch): Batch {
    const filled = prepareBatch(this, split, start, count, out);
    const values = 3 * this.shape[1] * this.shape[2];
    for (let i = 0; i < count; i++) {
      const layout = this.#draw(split, start + i);
      this.#painter.paint(layout, filled.images, i * values);
      this.#captions.write(layout, filled.captions, i * this.#captions.length);
    }
    return filled;
  }

  caption(split: SceneSplit, index: number): string {
    checkSplit(this, split);
    checkIndex(this.name, "index", index);
    return this.#captions.sentence(this.#draw(split, index));
  }

  describe(): SourceDescription<SceneSplit> {
    const heldOut = Array.from(this.#heldOut, (sprite) => this.#sheet.names[sprite]!);
    return {
      name: this.name,
      shape: this.shape,
      captionLength: this.captionLength,
      vocabularySize: this.vocabulary.size,
      provenance: this.#sheet.provenance,
      splits: {
        train: { images: null, seed: this.#seed, what: `${this.#known.length} sprites, layouts not in validation` },
        validation: { images: null, seed: VALIDATION_SEED, what: `the same sprites, 1 in ${VALIDATION_SHARE} layouts` },
        "validation-emoji": { images: null, seed: VALIDATION_SEED, what: `${heldOut.length} other sprites` },
      },
      settings: {
        cell: this.#sheet.cell,
        sprites: this.#sheet.names,
        heldOut,
        backgrounds: backgrounds.map((b) => b.name),
      },
    };
  }

  /** The first layout of the index's stream that can be seen and that belongs to the split. */
  #draw(split: SceneSplit, index: number): Scene {
    const stream = this.#streams[split];
    const sprites = split === "validation-emoji" ? this.#heldOut : this.#known;
    const layout = this.#layout;
    stream.seek(index);
    // Drawn once, because pairs are turned down more often: else they would be fewer than they should.
    layout.kind = drawKind(stream);
    for (let draws = 0; draws < MOST_DRAWS; draws++) {
      drawLayout(stream, sprites, this.shape[1], this.#sizes, layout);
      if (!this.#shows(layout)) continue;
      if (split === "validation-emoji") return layout;
      const inValidation = layoutHash(layout) % VALIDATION_SHARE === 0;
      if (inValidation === (split === "validation")) return layout;
    }
    throw new Error(`${this.name}: no scene of these ${sprites.length} sprites can be seen on any background`);
  }

  /** Both objects stand out from the background, and they are two different things. */
  #shows({ kind, background, first, second }: Scene): boolean {
    if (this.#visible[first.sprite * backgrounds.length + background] === 0) return false;
    if (kind !== "pair") return true;
    return first.sprite !== second.sprite && this.#visible[second.sprite * backgrounds.length + background] === 1;
  }
}
