import { type LawFit, predictLaw, refuse, sideOfLaw } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { FitKind } from "../kind.js";

export const law: FitKind<LawFit> = {
  record: "law",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["at"],
  help: [["--at x", "y"]],
  answers: (fit, { at }) => {
    if (!at) throw usageError("an x is needed: --at x");
    return at.map((x) => ({ ok: true, ...predictLaw(fit, x) }));
  },
  figures: async (fit, asked) => (await import("./page.js")).lawAsked(fit, asked),
  side: (name, fit, law) => {
    const { status, message = status } = fit;
    // Bounds, and what the points cannot tell, are drawn from; any other caveat leaves nothing to draw.
    const drawn = status === "converged" || status === "bound" || status === "unidentified";
    return drawn ? sideOfLaw(name, fit, { law }) : refuse(status, message);
  },
};
