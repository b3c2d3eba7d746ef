import { type Kinds, kind, number, only } from "@isoflop/spec";
import { Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { type Dual, tensors } from "../arithmetic.js";
import { check, checkDensity, checkPath, unit } from "../checks.js";
import { densityOn, type PathDensity, type TimestepDensity } from "../density.js";
import { must } from "../errors.js";
import { carriedTime, ratioAt, slopeAt } from "../noise-to-signal.js";
import { bisected, type Path } from "../path.js";
import { paths } from "../paths.js";

const time = number();

/** The share of a density's draws that are below a time. */
const shareBelow = (density: TimestepDensity, t: number): number => bisected((share) => density.quantile(share), t);

/** The times of a density on another path, at which noise stands to signal as there; cut at the other's ends. */
const carry = (path: Path, density: TimestepDensity, to: Path): TimestepDensity => {
  const name = `${density.name} of the ${path.name} path`;
  const [first, last] = [0, 1].map((end) => carriedTime(to, path, end)) as [number, number];
  const low = first === 0 ? 0 : shareBelow(density, first);
  const high = last === 1 ? 1 : shareBelow(density, last);
  const kept = high - low;
  must(kept > 1e-9, "option", `carried: the ${name} draws none of the noise that the ${to.name} path has.`);
  const quantile = (u: number | Tensor): number | Tensor => {
    if (!(u instanceof Tensor)) {
      check(unit, u, `${name}: u`);
      return carriedTime(path, to, density.quantile(low + u * kept));
    }
    const { alpha, sigma } = path.at(density.quantile(kept === 1 ? u : u.mul(kept).add(low)));
    return to.timeAt(alpha === 1 ? (sigma as Tensor) : tensors.div(sigma, alpha));
  };
  const times = density.times?.filter((t) => t >= first && t <= last).map((t) => carriedTime(path, to, t));
  return {
    name,
    quantile: quantile as Dual,
    pdf(t) {
      check(time, t, `${name}: t`);
      const ratio = t > 0 && t < 1 ? ratioAt(to, t) : Number.NaN;
      if (!(ratio >= ratioAt(path, 0) && ratio <= ratioAt(path, 1))) return 0;
      const there = path.timeAt(ratio);
      return (density.pdf(there) * slopeAt(to, t)) / slopeAt(path, there) / kept;
    },
    ...(times && { times }),
  };
};

export interface CarriedOptions {
  /** The path that the density is told on. */
  readonly path: Path;
  readonly density: TimestepDensity | PathDensity;
}

/**
 * A density of the times of one path on any other, at equal noise to signal: uniform times of the vp path on EDM's are what EDM's code calls the VP
 * loss, those of the ve path, log-uniform in σ, its VE loss. Where the other path ends sooner it is cut there. SD3's `cosmap` is the uniform times of the cosine path on the linear one.
 */
export const carried = (options: CarriedOptions): PathDensity => {
  check(only(["path", "density"]), options, "carried");
  const { path, density } = options;
  checkPath("carried", path);
  checkDensity("carried", density);
  return {
    name: `${density.name} of the ${path.name} path`,
    on(to, device) {
      const from = (device && path.on?.(device)) ?? path;
      return carry(from, densityOn(density, from, device), to);
    },
  };
};

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
