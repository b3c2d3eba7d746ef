import { part } from "../checks.js";
import { defineDensity } from "../density.js";

/** All times alike. */
export const uniform = part({
  name: "uniform",
  build: () =>
    defineDensity(
      "uniform",
      (_, u) => u,
      () => 1,
    ),
});
