import { kind } from "@isoflop/spec";
import { maker } from "../checks.js";
import { defineDensity } from "../density.js";

export const uniformKind = kind({
  name: "uniform",
  options: {},
  build: () =>
    defineDensity(
      "uniform",
      (_, u) => u,
      () => 1,
    ),
});

/** All times alike. */
export const uniform = maker(uniformKind);
