import { manifoldShare } from "./manifold.js";

/** Share of held-out pictures that lie in a ball of the drawn ones (arXiv 1904.06991): how much of them there is. Its part is coverage (arXiv 2002.09797). */
export const recall = manifoldShare(
  "recall",
  "share of held-out pictures among the drawn ones",
  ({ recall, coverage, realCount }) => ({ value: recall, of: realCount, parts: { coverage: { value: coverage } } }),
);
