import { number } from "@isoflop/spec";
import * as v from "valibot";
import { type Arithmetic, dual } from "../arithmetic.js";
import { part } from "../checks.js";
import { defineDensity } from "../density.js";
import { bisected } from "../path.js";

/** Outside the map is no longer monotone. */
const scales = number({ atLeast: -1, atMost: 2 / (Math.PI - 2) });

/**
 * Heavy in the middle for scale > 0, at the ends for scale < 0 (SD3, arXiv 2403.03206, equation 20, whose map falls from 1 to 0; this is its
 * mirror, so that it rises).
 * @throws DiffusionError("option") unless -1 <= scale <= 2 / (π - 2)
 */
export const mode = part({
  name: "mode",
  options: { scale: v.optional(scales, 1.29) },
  build({ scale }) {
    const map = <T>(m: Arithmetic<T>, u: T): T => {
      const sine = m.sin(m.mul(u, Math.PI / 2));
      return m.add(u, m.mul(m.sub(u, m.mul(sine, sine)), scale));
    };
    const rise = dual(map);
    return defineDensity(`mode(${scale})`, map, (t) => {
      const u = bisected(rise, t);
      return 1 / (1 + scale - scale * (Math.PI / 2) * Math.sin(Math.PI * u));
    });
  },
});
