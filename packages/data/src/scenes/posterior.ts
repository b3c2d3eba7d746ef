import type { NoisyImage, Posterior } from "../posterior.js";
import { affineScenes, PER_LEVEL, type PlacedSprite } from "./affine.js";
import type { SpriteLevels } from "./paint.js";
import { SHADE_RANGE } from "./palette.js";
import type { Placement } from "./placements.js";
import { type CutNormal, cutNormal, peakOf } from "./shade.js";
import type { OpenScenes } from "./support.js";

/**
 * An image is base + shade · slope. Of r = noisy − alpha · base: Σ r², Σ r · slope and Σ slope². Objects do not overlap, so what one changes of
 * them does not depend on the other.
 */
interface Sums {
  squares: number;
  along: number;
  slopes: number;
}

/** Probability of a part of scenes, and of it times the shade, given what is seen. */
interface Weighed {
  weight: number;
  shade: number;
}

/** An object at a place: what it changes of the sums over the plain background. */
interface Change extends PlacedSprite, Sums, Weighed {}

/** The scenes of one reading beside what is seen. */
interface Candidates {
  readonly open: OpenScenes;
  readonly plain: Sums & Weighed;
  readonly firsts: readonly Change[];
  readonly seconds: readonly (Change | undefined)[];
  /** `[first, second]`, the most that the logarithm of a layout's probability times its density can be, whatever the shade. */
  readonly bounds: Float64Array;
}

/** Logarithm of a layout's density without its shade, and what the shade u · `SHADE_RANGE` adds to it: slope · u − curvature · u² / 2. */
interface Density {
  level: number;
  slope: number;
  curvature: number;
}

/** Layouts that are less likely than the likeliest by this factor, as a logarithm, count for nothing. */
const NEGLIGIBLE = 60;

/**
 * The mean image of scenes given caption and noisy image, exact: layouts are gone through one by one, and over the shade, uniform within
 * ± `SHADE_RANGE`, the density is a normal one that is cut.
 */
export const scenePosterior = (
  levels: SpriteLevels,
  width: number,
  openOf: (caption: ArrayLike<number>) => readonly OpenScenes[],
): Posterior => {
  const values = 3 * width * width;
  const { eachCovered, eachPlain } = affineScenes(levels, width);

  const plainSums = ({ noisy, alpha }: NoisyImage, ground: number): Sums & Weighed => {
    const sums = { squares: 0, along: 0, slopes: values * PER_LEVEL ** 2, weight: 0, shade: 0 };
    eachPlain(ground, (at, base) => {
      const rest = noisy[at]! - alpha * base;
      sums.squares += rest * rest;
      sums.along += rest * PER_LEVEL;
    });
    return sums;
  };

  const changeOf = ({ noisy, alpha }: NoisyImage, ground: number, sprite: number, placement: Placement): Change => {
    const change = { placement, sprite, weight: 0, shade: 0, squares: 0, along: 0, slopes: 0 };
    eachCovered(change, ground, (at, base, slope, plainBase) => {
      const plain = noisy[at]! - alpha * plainBase;
      const rest = noisy[at]! - alpha * base;
      change.squares += (rest - plain) * (rest + plain);
      change.along += rest * slope - plain * PER_LEVEL;
      change.slopes += slope * slope - PER_LEVEL * PER_LEVEL;
    });
    return change;
  };

  const candidatesOf = (seen: NoisyImage, open: OpenScenes): Candidates => {
    const { first, second, background } = open.reading;
    const plain = plainSums(seen, background);
    const firsts = open.first.map((placement) => changeOf(seen, background, first, placement));
    const seconds = open.second.map((placement) =>
      placement ? changeOf(seen, background, second, placement) : undefined,
    );
    const bounds = new Float64Array(open.shares.length).fill(Number.NEGATIVE_INFINITY);
    const density = { level: 0, slope: 0, curvature: 0 };
    eachLayout({ open, firsts, seconds }, (share, one, other, at) => {
      densityOf(seen, plain, one, other, density);
      bounds[at] = Math.log(share) + density.level + peakOf(density.slope, density.curvature);
    });
    return { open, plain, firsts, seconds, bounds };
  };

  return {
    mean(seen, out) {
      check(seen, out, values);
      const candidates = openOf(seen.caption).map((open) => candidatesOf(seen, open));
      const most = candidates.reduce(
        (largest, { bounds }) => bounds.reduce((a, b) => Math.max(a, b), largest),
        Number.NEGATIVE_INFINITY,
      );
      const density = { level: 0, slope: 0, curvature: 0 };
      const cut: CutNormal = { logMass: 0, mean: 0 };
      let total = 0;
      for (const each of candidates)
        eachLayout(each, (share, one, other, at) => {
          if (each.bounds[at]! < most - NEGLIGIBLE) return;
          densityOf(seen, each.plain, one, other, density);
          cutNormal(density.slope, density.curvature, cut);
          const weight = share * Math.exp(density.level + cut.logMass - most);
          const shade = weight * SHADE_RANGE * cut.mean;
          weigh(each.plain, weight, shade);
          weigh(one, weight, shade);
          if (other) weigh(other, weight, shade);
          total += weight;
        });
      out.fill(0);
      for (const { open, plain, firsts, seconds } of candidates) {
        const { background } = open.reading;
        eachPlain(background, (at, base) => {
          out[at]! += (plain.weight * base + plain.shade * PER_LEVEL) / total;
        });
        for (const object of [...firsts, ...seconds])
          if (object && object.weight > 0)
            eachCovered(object, background, (at, base, slope, plainBase) => {
              out[at]! += (object.weight * (base - plainBase) + object.shade * (slope - PER_LEVEL)) / total;
            });
      }
    },
  };
};

/** Calls with every layout that has any probability. */
const eachLayout = (
  { open, firsts, seconds }: Pick<Candidates, "open" | "firsts" | "seconds">,
  visit: (share: number, one: Change, other: Change | undefined, at: number) => void,
): void => {
  let at = 0;
  for (const one of firsts)
    for (const other of seconds) {
      const share = open.shares[at]!;
      if (share > 0) visit(share, one, other, at);
      at++;
    }
};

const densityOf = (
  { alpha, sigma }: NoisyImage,
  plain: Sums,
  one: Sums,
  other: Sums | undefined,
  out: Density,
): void => {
  const variance = sigma * sigma;
  const reach = SHADE_RANGE * alpha;
  out.level = -(plain.squares + one.squares + (other?.squares ?? 0)) / (2 * variance);
  out.slope = (reach * (plain.along + one.along + (other?.along ?? 0))) / variance;
  // A rounding below 0 where a sprite covers all that there is.
  out.curvature = (reach * reach * Math.max(plain.slopes + one.slopes + (other?.slopes ?? 0), 0)) / variance;
};

const weigh = (part: Weighed, weight: number, shade: number): void => {
  part.weight += weight;
  part.shade += shade;
};

const check = ({ noisy, alpha, sigma }: NoisyImage, out: Float64Array, values: number): void => {
  for (const [name, { length }] of Object.entries({ noisy, out }))
    if (length !== values) throw new RangeError(`posterior: ${name} has ${length} values, an image has ${values}`);
  if (!(sigma > 0 && Number.isFinite(sigma)))
    throw new RangeError(`posterior: sigma is ${sigma}, it must be a number above 0`);
  if (!(alpha >= 0 && Number.isFinite(alpha)))
    throw new RangeError(`posterior: alpha is ${alpha}, it must be a number of at least 0`);
};
