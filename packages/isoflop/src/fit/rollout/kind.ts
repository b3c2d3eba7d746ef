import { predictRollOut, type RollOut, sideOfRollOut } from "@isoflop/scaling";
import type { FitKind } from "../kind.js";
import { modelQuestions } from "../model-questions.js";

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
  answers: (fit, asked) => modelQuestions(fit, asked).map((question) => predictRollOut(fit, question)),
  side: (name, fit) => sideOfRollOut(name, fit),
  figures: async (fit, asked, loaded) => (await import("./page.js")).rollOutAsked(fit, asked, loaded),
};
