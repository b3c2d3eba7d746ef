import { type LinkFit, predictLink } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { FitKind } from "../kind.js";

export const link: FitKind<LinkFit> = {
  record: "link",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["at"],
  help: [["--at loss", "the metric at a loss that is known; of one that is predicted, see --link"]],
  answers: (fit, { at }) => {
    if (!at) throw usageError("a loss is needed: --at loss");
    return at.map((loss) => ({ ok: true, ...predictLink(fit, loss) }));
  },
  figures: async (fit, asked) => (await import("./page.js")).linkAsked(fit, asked),
};
