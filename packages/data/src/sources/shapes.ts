import { kind } from "@isoflop/spec";
import { imageOptions } from "../image-options.js";
import type { DataSource } from "../source.js";
import { shapeScenes } from "../sprites/shapes.js";

export const shapesSource = kind({
  by: "source",
  name: "shapes",
  about: "endless scenes of coloured shapes; needs nothing",
  options: imageOptions,
  build: async (options): Promise<DataSource> => shapeScenes(options),
});
