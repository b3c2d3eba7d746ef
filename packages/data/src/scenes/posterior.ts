import type { NoisyImage, Posterior } from "../posterior.js";
import type { SpriteLevels } from "./paint.js";
import { backgrounds, SHADE_RANGE } from "./palette.js";
import type { Placement } from "./placements.js";
import { type CutNormal, cutNormal, peakOf } from "./shade.js";
import type { OpenScenes } from "./support.js";

/** What an object changes of the sums over the plain background, and what of them: see {@link Sums}. */
interface Change extends Sums {
  readonly placement: Placement;
  readonly sprite: number;
  /** Probability of the placement, and of it times the shade, given what is seen. */
  weight: number;
  shade: number;
}

/**
 * An image is base + shade · slope. Of r = noisy − alpha · base: Σ r², Σ r · slope and Σ slope². Objects do not overlap, so what one changes of
 * them does not depend on the other.
 */
interface Sums {
  squares: number;
  along: number;
  slopes: number;
}

/** One layout with its shade integrated out. */
interface Layout {
  readonly first: Change;
  readonly second: Change | undefined;
  readonly open: OpenScenes;
  readonly slope: number;
  readonly curvature: number;
  /** Logarithm of its probability and density, but for the shade's integral. */
  readonly level: number;
  /** An upper bound of the logarithm of all. */
  readonly most: number;
}

/** Layouts that are less likely than the likeliest by this factor, as a logarithm, count for nothing. */
const NEGLIGIBLE = 60;

/** Change of a colour's value in [-1, 1] by one level of shade. */
const PER_LEVEL = 1 / 127.5;

/**
 * The mean image of scenes given caption and noisy image, exact: layouts are gone through one by one, and over the shade, uniform within
 * ± `SHADE_RANGE`, the density is a normal one that is cut.
 */
export const scenePosterior = (
  levels: SpriteLevels,
  width: number,
  openOf: (caption: ArrayLike<number>) => readonly OpenScenes[],
): Posterior => {
  const plane = width * width;
  const values = 3 * plane;

  /** Calls with every value of the image that a sprite covers, and what the image is there: base + shade · slope. */
  const eachCovered = (
    sprite: number,
    { x, y, size }: Placement,
    ground: number,
    visit: (at: number, base: number, slope: number, plainBase: number) => void,
  ): void => {
    const { rgb } = backgrounds[ground]!;
    const level = levels[size]!;
    let from = sprite * size * size * 4;
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++, from += 4) {
        const alpha = level[from + 3]!;
        if (alpha === 0) continue;
        const slope = ((255 - alpha) / 255) * PER_LEVEL;
        const at = (y + row) * width + x + column;
        for (let c = 0; c < 3; c++)
          visit(at + c * plane, level[from + c]! * PER_LEVEL - 1 + slope * rgb[c]!, slope, rgb[c]! * PER_LEVEL - 1);
      }
  };

  const plainSums = ({ noisy, alpha }: NoisyImage, ground: number): Sums => {
    const { rgb } = backgrounds[ground]!;
    const sums = { squares: 0, along: 0, slopes: values * PER_LEVEL ** 2 };
    for (let at = 0; at < values; at++) {
      const rest = noisy[at]! - alpha * (rgb[Math.floor(at / plane)]! * PER_LEVEL - 1);
      sums.squares += rest * rest;
      sums.along += rest * PER_LEVEL;
    }
    return sums;
  };

  const changeOf = ({ noisy, alpha }: NoisyImage, ground: number, sprite: number, placement: Placement): Change => {
    const change = { placement, sprite, weight: 0, shade: 0, squares: 0, along: 0, slopes: 0 };
    eachCovered(sprite, placement, ground, (at, base, slope, plainBase) => {
      const plain = noisy[at]! - alpha * plainBase;
      const rest = noisy[at]! - alpha * base;
      change.squares += (rest - plain) * (rest + plain);
      change.along += rest * slope - plain * PER_LEVEL;
      change.slopes += slope * slope - PER_LEVEL * PER_LEVEL;
    });
    return change;
  };

  const layoutsOf = (seen: NoisyImage, open: OpenScenes): Layout[] => {
    const { reading, shares } = open;
    const { alpha, sigma } = seen;
    const plain = plainSums(seen, reading.background);
    const change = (sprite: number, placement: Placement) => changeOf(seen, reading.background, sprite, placement);
    const firsts = open.first.map((placement) => change(reading.first, placement));
    const seconds = open.second.map((placement) => (placement ? change(reading.second, placement) : undefined));
    const variance = sigma * sigma;
    const layouts: Layout[] = [];
    let at = 0;
    for (const first of firsts)
      for (const second of seconds) {
        const share = shares[at++]!;
        if (share === 0) continue;
        const squares = plain.squares + first.squares + (second?.squares ?? 0);
        const along = plain.along + first.along + (second?.along ?? 0);
        const slopes = plain.slopes + first.slopes + (second?.slopes ?? 0);
        const slope = (SHADE_RANGE * alpha * along) / variance;
        const curvature = ((SHADE_RANGE * alpha) ** 2 * Math.max(slopes, 0)) / variance;
        const level = Math.log(share) - squares / (2 * variance);
        layouts.push({ first, second, open, slope, curvature, level, most: level + peakOf(slope, curvature) });
      }
    return layouts;
  };

  return {
    mean(seen, out) {
      check(seen, out, values);
      const opened = openOf(seen.caption);
      const layouts = opened.flatMap((open) => layoutsOf(seen, open));
      const most = layouts.reduce((largest, layout) => Math.max(largest, layout.most), Number.NEGATIVE_INFINITY);
      const grounds = new Map<number, { weight: number; shade: number }>();
      const shade: CutNormal = { logMass: 0, mean: 0 };
      let total = 0;
      for (const { first, second, open, slope, curvature, level, most: bound } of layouts) {
        if (bound < most - NEGLIGIBLE) continue;
        cutNormal(slope, curvature, shade);
        const weight = Math.exp(level + shade.logMass - most);
        const moment = weight * SHADE_RANGE * shade.mean;
        const { background } = open.reading;
        const ground = grounds.get(background) ?? { weight: 0, shade: 0 };
        grounds.set(background, ground);
        for (const part of [first, second, ground])
          if (part) {
            part.weight += weight;
            part.shade += moment;
          }
        total += weight;
      }
      out.fill(0);
      for (const [ground, { weight, shade: moment }] of grounds) {
        const { rgb } = backgrounds[ground]!;
        for (let at = 0; at < values; at++)
          out[at]! += (weight * (rgb[Math.floor(at / plane)]! * PER_LEVEL - 1) + moment * PER_LEVEL) / total;
      }
      const parts = new Map<Change, number>();
      for (const { first, second, open } of layouts)
        for (const part of [first, second]) if (part && part.weight > 0) parts.set(part, open.reading.background);
      for (const [{ sprite, placement, weight, shade: moment }, ground] of parts)
        eachCovered(sprite, placement, ground, (at, base, slope, plainBase) => {
          out[at]! += (weight * (base - plainBase) + moment * (slope - PER_LEVEL)) / total;
        });
    },
  };
};

const check = ({ noisy, alpha, sigma }: NoisyImage, out: Float64Array, values: number): void => {
  for (const [name, { length }] of Object.entries({ noisy, out }))
    if (length !== values) throw new RangeError(`posterior: ${name} has ${length} values, an image has ${values}`);
  if (!(sigma > 0 && Number.isFinite(sigma)))
    throw new RangeError(`posterior: sigma is ${sigma}, it must be a number above 0`);
  if (!(alpha >= 0 && Number.isFinite(alpha)))
    throw new RangeError(`posterior: alpha is ${alpha}, it must be a number of at least 0`);
};
