import { part } from "../checks.js";
import type { NetworkInputs } from "../inputs.js";

/**
 * What EDM's code gives the networks of variance-exploding paths (arXiv 2206.00364, table 1): data + σ noise as it is, on any path, and
 * log(σ / 2) of σ over alpha. What such a network says there is -noise.
 */
export const veInputs = part({
  name: "ve",
  build: (): NetworkInputs => ({
    name: "VE",
    at: (m, { alpha, sigma }, _) => {
      const one = alpha === 1;
      const ratio = one ? (sigma as never) : m.div(sigma, alpha);
      return { scale: one ? 1 : m.div(1, alpha), time: m.log(m.mul(ratio, 0.5)) };
    },
  }),
});
