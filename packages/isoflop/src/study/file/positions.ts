import { type Position, runPositions } from "../../modules/index.js";

/** Where parts of one's own may stand in a study. */
export const studyPositions: readonly Position[] = [
  ...runPositions,
  { path: ["metrics", "*"], sort: "metric" },
  { path: ["samples", "solver"], sort: "solver" },
  { path: ["samples", "grid"], sort: "grid" },
];
