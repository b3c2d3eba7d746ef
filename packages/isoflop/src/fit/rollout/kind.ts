import { predictRollOut, type RollOut } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { FitKind } from "../kind.js";

export const rollout: FitKind<RollOut> = {
  record: "rollout",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["at", "size", "tokens", "reach"],
  help: [
    ["--at C", "optimal N, D and loss, over all forms"],
    ["--at C --size N", "loss of a model of that size"],
    ["--size N --tokens D", "loss of that model"],
    ["--reach L", "least compute that reaches a loss"],
  ],
  answers: (fit, { at = [], size: N, tokens: D, reach: loss }) => {
    if (D !== undefined && N === undefined) throw usageError("--tokens needs --size");
    if (D !== undefined && at.length > 0)
      throw usageError("--at and --tokens are given; with --size expected one of them");
    const model = N !== undefined && D !== undefined ? [{ N, D }] : [];
    const asked = [
      ...at.map((C) => (N === undefined ? { C } : { N, D: C / (fit.flopsPerToken * N) })),
      ...model,
      ...(loss !== undefined ? [{ loss }] : []),
    ];
    if (asked.length === 0) throw usageError("nothing is asked: --at C, --size N --tokens D, or --reach L");
    return asked.map((question) => predictRollOut(fit, question));
  },
  figures: async (fit, asked, loaded) => (await import("./page.js")).rollOutAsked(fit, asked, loaded),
};
