import { type FitPrediction, type Outcome, predictIsoFlop, predictLaw, predictSurface } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { Fit, FitHead, SavedFit } from "../fit/saved.js";
import { versions } from "../versions.js";

export interface Questions {
  readonly at?: readonly number[];
  readonly size?: number;
  readonly tokens?: number;
  readonly reach?: number;
}

export interface PredictionDocument extends Pick<FitHead, "versions" | "status" | "message"> {
  readonly command: "predict";
  readonly fit: { readonly command: SavedFit["command"]; readonly input: InputFile };
  readonly predictions: readonly FitPrediction[];
}

/** What can be asked of a kind of fit, and its answers. */
interface Answering<F extends Fit> {
  readonly questions: readonly (keyof Questions)[];
  readonly answers: (fit: F, asked: Questions) => Outcome<FitPrediction>[];
}

const answering: { readonly [F in Fit as F["record"]]: Answering<F> } = {
  isoflop: {
    questions: ["at", "size"],
    answers: (fit, { at, size }) => {
      if (!at) throw usageError("a compute is needed: --at C");
      return at.map((C) => predictIsoFlop(fit, C, size === undefined ? {} : { N: size }));
    },
  },
  surface: {
    questions: ["at", "size", "tokens", "reach"],
    answers: (fit, { at = [], size: N, tokens: D, reach: loss }) => {
      if ((N === undefined) !== (D === undefined)) throw usageError("--size and --tokens go together");
      const asked = [
        ...at.map((C) => ({ C })),
        ...(N !== undefined && D !== undefined ? [{ N, D }] : []),
        ...(loss !== undefined ? [{ loss }] : []),
      ];
      if (asked.length === 0) throw usageError("nothing is asked: --at C, --size N --tokens D, or --reach L");
      return asked.map((question) => predictSurface(fit, question));
    },
  },
  law: {
    questions: ["at"],
    answers: (fit, { at }) => {
      if (!at) throw usageError("an x is needed: --at x");
      return at.map((x) => ({ ok: true, ...predictLaw(fit, x) }));
    },
  },
};

/** @throws CliError `unsound` when the fit has nothing to predict with, `usage` when the fit cannot answer such a question. */
export const predict = (saved: SavedFit, asked: Questions): PredictionDocument => {
  const { ok, command, input, status, message, fit } = saved;
  if (!ok || !fit) throw unsound(`${status}: ${message ?? "the fit was refused"}`);
  return {
    command: "predict",
    status,
    ...(message !== undefined && { message }),
    predictions: answersOf(fit, command, asked),
    fit: { command, input },
    versions: versions("@isoflop/scaling"),
  };
};

const answersOf = (fit: Fit, command: string, asked: Questions): FitPrediction[] => {
  const { questions, answers } = answering[fit.record] as Answering<Fit>;
  for (const name of ["at", "size", "tokens", "reach"] as const)
    if (asked[name] !== undefined && !questions.includes(name))
      throw usageError(
        `--${name} cannot be asked of a ${command}; expected ${questions.map((one) => `--${one}`).join(", ")}`,
      );
  return answers(fit, asked).map(held);
};

/** @throws CliError `unsound` for no answer, and for one that no number can hold: a law at 1e300 may be anywhere. */
const held = (outcome: Outcome<FitPrediction>): FitPrediction => {
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { ok: _, ...prediction } = outcome;
  for (const [name, { value }] of Object.entries(prediction.predicted)) {
    if (Number.isFinite(value)) continue;
    const asked = Object.entries(prediction.given).map(([key, at]) => `${key} = ${at}`);
    throw unsound(`unreachable: ${name} at ${asked.join(", ")} is beyond what a number can hold`);
  }
  return prediction;
};
