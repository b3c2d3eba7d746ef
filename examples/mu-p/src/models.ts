import type { DataSource } from "@isoflop/data";
import type { Conditioning, DitConfig, Parameterization } from "@isoflop/flops";
import { setupFor } from "@isoflop/train";

/** Heads are 8 wide at every width, and two blocks deep are all models: width is all that differs. */
const HEAD = 8;
const DEPTH = 2;
const BASE = 32;

/** The two that are compared: as published models have it, and as the model of width 32 has it, told to every width. */
export const parameterizations: readonly Parameterization[] = [
  { kind: "standard" },
  { kind: "muP", baseWidth: BASE, baseHeads: BASE / HEAD },
];

export const modelOf = (
  data: DataSource,
  width: number,
  parameterization: Parameterization,
  conditioning: Conditioning,
): DitConfig => ({
  ...setupFor(data, { patch: 4, conditioning }),
  ...{ width, heads: width / HEAD, depth: DEPTH, parameterization },
});
