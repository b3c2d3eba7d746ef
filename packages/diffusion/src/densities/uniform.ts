import { part } from "../checks.js";
import { defineDensity } from "../density.js";

/** All times alike. */
export const uniform = part({
  name: "uniform",
  options: {},
  build: () =>
    defineDensity(
      "uniform",
      (_, u) => u,
      () => 1,
    ),
});
