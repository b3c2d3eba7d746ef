import { number } from "@isoflop/spec";
import { ceil, clamp, Tensor } from "@isoflop/tensor";
import { type Dual, tensors } from "../arithmetic.js";
import { check, part, unit } from "../checks.js";
import type { PathDensity, TimestepDensity } from "../density.js";
import { must } from "../errors.js";
import { isDiscrete } from "../paths/discrete.js";

const time = number();

/**
 * All steps of a discrete process alike, t = 1 / steps to 1 (Ho et al., arXiv 2006.11239, algorithm 1).
 * @throws DiffusionError("option") on a path without steps
 */
export const discreteUniform = part({
  name: "discreteUniform",
  build: (): PathDensity => ({
    name: "discrete uniform",
    on(path): TimestepDensity {
      must(
        isDiscrete(path),
        "option",
        `the discrete uniform density takes a path of steps, such as discretePath(); the ${path.name} path has none.`,
      );
      const { steps } = path;
      const name = `discrete uniform(${steps})`;
      const quantile = (u: number | Tensor): number | Tensor => {
        if (u instanceof Tensor) return tensors.div(clamp(ceil(tensors.mul(u, steps)), 1, steps), steps);
        return Math.max(Math.ceil(check(unit, u, `${name}: u`) * steps), 1) / steps;
      };
      return {
        name,
        times: Array.from({ length: steps }, (_, i) => (i + 1) / steps),
        quantile: quantile as Dual,
        pdf: (t) => (check(time, t, `${name}: t`) > 0 && t <= 1 ? 1 : 0),
      };
    },
  }),
});
