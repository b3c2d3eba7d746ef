import { type Kinds, kind } from "@isoflop/spec";
import { Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { type Dual, tensors } from "../arithmetic.js";
import { densityOn, type PathDensity, type TimestepDensity } from "../density.js";
import type { Path } from "../path.js";
import { paths } from "../paths.js";

/** d log(sigma / alpha) / dt. */
const slopeAt = (path: Path, t: number): number => {
  const { alpha, sigma, alphaDot, sigmaDot } = path.at(t);
  return sigmaDot / sigma - alphaDot / alpha;
};

const ratioAt = (path: Path, t: number): number => {
  const { alpha, sigma } = path.at(t);
  return sigma / alpha;
};

/** The times of a density on another path, at which noise stands to signal as there. */
const carry = (path: Path, density: TimestepDensity, to: Path): TimestepDensity => {
  const name = `${density.name} of the ${path.name} path`;
  const quantile = (u: number | Tensor): number | Tensor => {
    if (!(u instanceof Tensor)) return to.timeAt(ratioAt(path, density.quantile(u)));
    const { alpha, sigma } = path.at(density.quantile(u));
    return to.timeAt(alpha === 1 ? (sigma as Tensor) : tensors.div(sigma, alpha));
  };
  return {
    name,
    quantile: quantile as Dual,
    pdf(t) {
      if (!(t > 0 && t < 1)) return 0;
      const ratio = ratioAt(to, t);
      if (ratio < ratioAt(path, 0) || ratio > ratioAt(path, 1)) return 0;
      const there = path.timeAt(ratio);
      return (density.pdf(there) * slopeAt(to, t)) / slopeAt(path, there);
    },
    ...(density.times && { times: density.times.map((t) => to.timeAt(ratioAt(path, t))) }),
  };
};

export interface CarriedOptions {
  /** The path that the density is told on. */
  readonly path: Path;
  readonly density: TimestepDensity | PathDensity;
}

/**
 * A density of the times of one path on any other, at equal noise to signal: uniform times of the vp path on EDM's are what EDM's code calls the VP
 * loss, those of the ve path, log-uniform in σ, its VE loss. SD3's `cosmap` is the uniform times of the cosine path on the linear one.
 */
export const carried = ({ path, density }: CarriedOptions): PathDensity => ({
  name: `${density.name} of the ${path.name} path`,
  on(to, device) {
    const from = (device && path.on?.(device)) ?? path;
    return carry(from, densityOn(density, from, device), to);
  },
});

/** Any density of a registry, of any path. */
export const carriedKind = (all: () => Kinds<TimestepDensity | PathDensity>) =>
  kind({
    name: "carried",
    options: {
      path: v.lazy(() => paths.schema),
      density: v.optional(
        v.lazy(() => all().schema),
        { kind: "uniform" },
      ),
    },
    build: ({ path, density }): PathDensity => carried({ path: paths.build(path), density: all().build(density) }),
  });
