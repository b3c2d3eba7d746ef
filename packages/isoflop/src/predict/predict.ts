import { type FitPrediction, type LinkFit, type Outcome, predictThroughLink } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { Questions } from "../fit/kind.js";
import { type Fit, fitKinds, kindOf } from "../fit/kinds.js";
import type { FitHead, SavedFit } from "../fit/saved.js";
import { versions } from "../versions.js";

export interface PredictionDocument extends Pick<FitHead, "versions" | "status" | "message"> {
  readonly command: "predict";
  readonly fit: { readonly command: SavedFit["command"]; readonly input: InputFile };
  /** Through which the metric was predicted from the loss. */
  readonly link?: { readonly command: "fit link"; readonly input: InputFile };
  readonly predictions: readonly FitPrediction[];
}

/** The options by which something is asked. */
const questionNames = [
  "at",
  "size",
  "tokens",
  "reach",
  "study",
  "with",
  "schedule",
  "steps",
  "rates",
  "shape",
] as const satisfies readonly (keyof Questions)[];

const flagOf = (name: keyof Questions): string =>
  name === "shape" ? "--peak, --warmup, --final-share, --decay-share" : `--${name}`;

/** What can be asked of which fit, for a help text. */
export const questionsHelp = (): string => {
  const rows = Object.values(fitKinds).flatMap(({ record, help }) =>
    help.map(([options, answer], i) => [i === 0 ? `fit ${record}` : "", options, answer] as const),
  );
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return rows
    .map(([fit, options, answer]) => `  ${fit.padEnd(first)}  ${options.padEnd(second)}  ${answer}`)
    .join("\n");
};

/** @throws CliError `unsound` when the fit has nothing to predict with, `usage` when the fit cannot answer such a question. */
export const predict = (saved: SavedFit, asked: Questions, link?: SavedFit<LinkFit>): PredictionDocument => {
  const { command, input } = saved;
  const fit = soundFit(saved);
  const answers = answersOf(fit, command, asked);
  const { status, message } = link && saved.status === "converged" ? link : saved;
  return {
    command: "predict",
    status,
    ...(message !== undefined && { message }),
    predictions: link ? throughLink(answers, soundFit(link)) : answers,
    fit: { command, input },
    ...(link && { link: { command: "fit link", input: link.input } }),
    versions: versions("@isoflop/scaling"),
  };
};

const soundFit = <F extends Fit>({ ok, fit, status, message }: SavedFit<F>): F => {
  if (!ok || !fit) throw unsound(`${status}: ${message ?? "the fit was refused"}`);
  return fit;
};
/** @throws CliError `usage` where no loss is predicted */
const throughLink = (answers: readonly FitPrediction[], link: LinkFit): FitPrediction[] =>
  answers.map((answer) => {
    const through = predictThroughLink(answer, link);
    if (through) return through;
    const there = Object.keys(answer.predicted).join(", ");
    throw usageError(`--link needs a loss; what is predicted is ${there}, and the link is of ${link.names.x}`);
  });
/** @throws CliError `usage` where only a surface could be asked */
const answersOf = (fit: Fit, command: string, asked: Questions): FitPrediction[] => {
  const kind = kindOf(fit);
  const { questions } = kind;
  for (const name of questionNames)
    if (asked[name] !== undefined && !questions.includes(name))
      throw usageError(
        `${flagOf(name)} cannot be asked of a ${command}; expected ${questionNames
          .filter((one) => questions.includes(one))
          .map(flagOf)
          .join(", ")}`,
      );
  if (asked.inputs && !questions.includes("inputs"))
    throw usageError(`${Object.keys(asked.inputs).join(", ")} cannot be given to a ${command}, only to a fit surface`);
  return kind.answers(fit, asked).map(held);
};

/** @throws CliError `unsound` for no answer, and for one that no number can hold: a law at 1e300 may be anywhere. */
export const held = (outcome: Outcome<FitPrediction>): FitPrediction => {
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { ok: _, ...prediction } = outcome;
  for (const [name, { value }] of Object.entries(prediction.predicted)) {
    if (Number.isFinite(value)) continue;
    const asked = Object.entries(prediction.given).map(([key, at]) => `${key} = ${at}`);
    throw unsound(`unreachable: ${name} at ${asked.join(", ")} is beyond what a number can hold`);
  }
  return prediction;
};
