import { type HyperparameterFit, predictHyperparameters, predictorNames } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { FitKind } from "../kind.js";

/** The options that stand for a name. */
const flags: Readonly<Record<string, string>> = { C: "--at C", N: "--size N", D: "--tokens D" };

export const hyperparameter: FitKind<HyperparameterFit> = {
  record: "hyperparameter",
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["at", "size", "tokens", "with"],
  help: [
    ["--size N --tokens D", "best hyperparameters there, of laws on N and D;"],
    ["--at C, --with name=…", "of laws on C, or on numbers of other names"],
  ],
  answers: (fit, { at, size, tokens, with: others = {} }) => {
    const needed = predictorNames(fit.laws);
    const given: Readonly<Record<string, number>> = {
      ...others,
      ...(size !== undefined && { N: size }),
      ...(tokens !== undefined && { D: tokens }),
    };
    const points = at ? at.map((C) => ({ ...given, C })) : [given];
    const names = new Set(Object.keys(points[0]!));
    const missing = needed.filter((name) => !names.has(name));
    const odd = [...names].find((name) => !needed.includes(name));
    if (missing.length > 0)
      throw usageError(
        `these laws need ${needed.join(" and ")}: ${missing.map((name) => flags[name] ?? `--with ${name}=…`).join(" ")}`,
      );
    if (odd !== undefined) throw usageError(`these laws know no ${odd}; they are of ${needed.join(" and ")}`);
    return points.map((point) => ({ ok: true, ...predictHyperparameters(fit, point) }));
  },
  figures: async (fit, asked) => (await import("./page.js")).hyperparameterAsked(fit, asked),
};
