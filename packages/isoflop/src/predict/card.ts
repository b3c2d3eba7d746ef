import { type CardConventions, type FitPrediction, predictCard } from "@isoflop/scaling";
import type { FoundCard } from "../cards/find.js";
import { usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { Questions } from "../fit/kind.js";
import { checkInputs } from "../options/input-options.js";
import { versions } from "../versions.js";
import { held } from "./predict.js";

/** What a published law says. */
export interface CardPredictionDocument {
  readonly command: "predict";
  readonly status: "converged";
  readonly law: {
    readonly card: string;
    readonly arxiv?: string;
    readonly input: InputFile;
    readonly conventions: CardConventions;
  };
  readonly predictions: readonly FitPrediction[];
  readonly versions: Readonly<Record<string, string>>;
}

/** @throws CliError `usage` where nothing is asked, `unsound` where the card has no answer */
export const predictWithCard = ({ card, origin }: FoundCard, asked: Questions): CardPredictionDocument => {
  const { at = [], size: N, tokens: D, reach: loss, inputs } = asked;
  if (card.surface) checkInputs(card.surface.form, inputs);
  else if (inputs) throw usageError(`the card ${card.name} has no surface; --${Object.keys(inputs)[0]} is of one`);
  if ((N === undefined) !== (D === undefined)) throw usageError("--size and --tokens go together");
  const questions = [
    ...at.map((C) => ({ C })),
    ...(N !== undefined && D !== undefined ? [{ N, D }] : []),
    ...(loss !== undefined ? [{ loss }] : []),
  ];
  if (questions.length === 0) throw usageError("nothing is asked: --at C, --size N --tokens D, or --reach L");
  const predictions = questions.map((question) => held(predictCard(card, { ...question, ...(inputs && { inputs }) })));
  const { name, arxiv, conventions } = card;
  return {
    command: "predict",
    status: "converged",
    law: { card: name, ...(arxiv !== undefined && { arxiv }), input: origin, conventions },
    predictions,
    versions: versions("@isoflop/scaling"),
  };
};
