import type { WeightLayout } from "./layout.js";
import { storedPositions } from "./positions.js";
import { asOurs } from "./table.js";

/**
 * `facebookresearch/DiT: models.py` at ed81ce2, whose names ours are: any model of ours is stored so, those that it has not under names in its
 * manner.
 */
export const official: WeightLayout = {
  name: "official",
  marks: ["x_embedder.proj.weight"],
  holds: "all",
  spelled: (name) => name,
  arrays: (config, parameters) => [...storedPositions(config), ...asOurs(parameters)],
};
