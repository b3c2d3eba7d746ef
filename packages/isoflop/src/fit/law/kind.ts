import { type LawFit, predictLaw, refuse } from "@isoflop/scaling";
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
  // A floor at zero is a power law; any other caveat leaves nothing to draw from.
  compared: (fit) => {
    const { law, data, status, message = status } = fit;
    return status === "converged" || status === "bound" ? { ok: true, law, data } : refuse(status, message);
  },
};
