import type { WeightLayout } from "./layout.js";
import { official } from "./official.js";

/**
 * `willisma/SiT: models.py` at 947f95b and `sihyun-yu/REPA: models/sit.py` at 67f7145: the official DiT's names over another clock, which no
 * shape tells. REPA's `projectors` serve training alone.
 */
export const SiT: WeightLayout = {
  ...official,
  name: "SiT",
  marks: ["x_embedder.proj.weight", "projectors.0.0.weight"],
  holds: {
    conditioning: ["adaLNZero"],
    context: ["classes"],
    timeScale: [1],
    positions: ["sincos"],
    qkNorm: ["none"],
    square: true,
  },
  passedOver: /^projectors\./,
};
