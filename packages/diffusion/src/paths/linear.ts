import { part } from "../checks.js";
import { definePath } from "../path.js";

/** Rectified flow: (1 - t) x + t noise (arXiv 2209.03003). */
export const linearPath = part({
  name: "linear",
  build: () =>
    definePath(
      "linear",
      (m, t) => ({ alpha: m.sub(1, t), sigma: t, alphaDot: -1, sigmaDot: 1 }),
      (m, ratio) => m.div(ratio, m.add(ratio, 1)),
    ),
});
