import { imageSource } from "../image-options.js";
import { shapeScenes } from "../sprites/shapes.js";

export const shapesSource = imageSource("shapes", "endless scenes of coloured shapes; needs nothing", async (options) =>
  shapeScenes(options),
);
