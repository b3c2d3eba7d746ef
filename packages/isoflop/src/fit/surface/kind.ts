import { predictSurface, type SurfaceFit, sideOfSurface } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import { checkInputs } from "../../options/input-options.js";
import type { FitKind } from "../kind.js";

export const surface: FitKind<SurfaceFit> = {
  record: "surface",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["at", "size", "tokens", "reach", "inputs"],
  help: [
    ["--at C", "optimal N, D and loss"],
    ["--size N --tokens D", "loss of that model, and what missing the optimum costs"],
    ["--reach L", "least compute that reaches a loss"],
    ["… --unique U", "the same with U unique tokens, of a form that knows of them"],
  ],
  answers: (fit, { at = [], size: N, tokens: D, reach: loss, inputs }) => {
    checkInputs(fit.form, inputs);
    if ((N === undefined) !== (D === undefined)) throw usageError("--size and --tokens go together");
    const asked = [
      ...at.map((C) => ({ C })),
      ...(N !== undefined && D !== undefined ? [{ N, D }] : []),
      ...(loss !== undefined ? [{ loss }] : []),
    ];
    if (asked.length === 0) throw usageError("nothing is asked: --at C, --size N --tokens D, or --reach L");
    return asked.map((question) => predictSurface(fit, { ...question, ...(inputs && { inputs }) }));
  },
  side: (name, fit) => sideOfSurface(name, fit),
  figures: async (fit, asked, loaded) => (await import("./page.js")).surfaceAsked(fit, asked, loaded),
};
