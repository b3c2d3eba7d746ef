import type { Posterior } from "../posterior.js";
import type { DataSource } from "../source.js";
import type { places, relations, SceneKind } from "./layout.js";

/**
 * "validation": the training sprites in exact layouts (sprites, sizes, places, colour) that no training scene of any
 * seed has. "validation-emoji": only sprites that no training scene has.
 */
export type SceneSplit = "train" | "validation" | "validation-emoji";

/** A sprite in a scene: its name, its top left corner, and its width and height in pixels. */
export interface SceneObject {
  readonly sprite: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** All of a scene but its shade. */
export interface SceneLayout {
  readonly kind: SceneKind;
  /** Name of one of `backgrounds`. */
  readonly background: string;
  /** Where a small object is, or how the first of a pair lies to the second; absent for a big one. */
  readonly where?: (typeof places)[number] | (typeof relations)[number];
  /** One, or the two of a pair as the caption names them. */
  readonly objects: readonly SceneObject[];
}

/** A scene: its picture and its caption follow from it. */
export interface ShadedLayout extends SceneLayout {
  /** Offset of the background from its colour, in levels of 0 … 255, the same for all channels: uniform within ± `SHADE_RANGE`. */
  readonly shade: number;
}

/** A layout that a caption leaves open. */
export interface LikelyLayout extends SceneLayout {
  readonly probability: number;
}

/** Endless scenes, of which one knows what is in them and how they are drawn. */
export interface SceneSource extends DataSource<SceneSplit> {
  /** What a scene shows. @throws RangeError as `batch` does */
  layout(split: SceneSplit, index: number): ShadedLayout;
  /**
   * Every layout that scenes of a prior may have, given a caption's ids, with its probability; they sum to 1. Whatever the layout, the shade is
   * uniform within ± `SHADE_RANGE`. The ids alone count: where names are made of words of place, scenes that are captioned alike are all there.
   * @throws RangeError for a caption that no scene of the prior has
   */
  layouts(prior: SceneSplit | "all", caption: ArrayLike<number>): readonly LikelyLayout[];
  posterior(prior: SceneSplit | "all"): Posterior;
  withSeed(seed: number): SceneSource;
}
