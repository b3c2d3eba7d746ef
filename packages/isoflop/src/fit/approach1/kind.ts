import { type Approach1, predictApproach1 } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { FitKind } from "../kind.js";

export const approach1: FitKind<Approach1> = {
  record: "approach1",
  standing: () => ({ ok: true, status: "converged" }),
  questions: ["at"],
  help: [["--at C", "optimal N, D and loss on the envelope"]],
  answers: (fit, { at }) => {
    if (!at) throw usageError("a compute is needed: --at C");
    return at.map((C) => predictApproach1(fit, C));
  },
  figures: async (fit, asked) => (await import("./page.js")).approach1Asked(fit, asked),
};
