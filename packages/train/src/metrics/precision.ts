import { manifoldShare } from "./manifold.js";

/** Share of drawn pictures that lie in a ball of the held-out ones (arXiv 1904.06991): how real they are. Its part is density (arXiv 2002.09797). */
export const precision = manifoldShare(
  "precision",
  "share of drawn pictures among the held-out ones",
  ({ precision, density, generatedCount }) => ({
    value: precision,
    of: generatedCount,
    parts: { density: { value: density } },
  }),
);
