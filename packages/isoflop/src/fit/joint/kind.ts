import { type JointFit, predictJoint } from "@isoflop/scaling";
import type { FitKind } from "../kind.js";
import { modelQuestions } from "../model-questions.js";

export const joint: FitKind<JointFit> = {
  record: "joint",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["at", "size", "tokens", "reach"],
  help: [
    ["--at C", "optimal N, D and loss, by the wider of two fits"],
    ["--at C --size N", "loss of a model of that size"],
    ["--size N --tokens D", "loss of that model"],
    ["--reach L", "least compute that reaches a loss"],
  ],
  answers: (fit, asked) => modelQuestions(fit, asked).map((question) => predictJoint(fit, question)),
  figures: async (fit, asked, loaded) => (await import("./page.js")).jointAsked(fit, asked, loaded),
};
