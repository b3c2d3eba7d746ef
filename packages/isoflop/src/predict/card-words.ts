import type { FitPrediction, LawCard } from "@isoflop/scaling";
import { citation, conventionsLine } from "../cards/words.js";
import { num, percent } from "../words/numbers.js";
import type { Passage, Words } from "../words/passage.js";
import { predictionTable } from "./words.js";

/** What a person reads of a published law's predictions. */
export const cardPredictionWords = (card: LawCard, predictions: readonly FitPrediction[]): Words => [
  { notes: [`${card.name}, ${citation(card)}`, conventionsLine(card)] },
  ...predictions.map((prediction): Passage => ({ ...predictionTable(prediction), notes: notesOf(prediction) })),
];

const notesOf = ({ predicted, notes: { extrapolation, deadweight } }: FitPrediction): string[] =>
  [
    Object.values(predicted).every(({ ci95, interval95 }) => !ci95 && !interval95) && "no uncertainty is published",
    extrapolation !== undefined &&
      extrapolation > 1 &&
      `${num(extrapolation, 3)} times the largest compute it was fitted to`,
    deadweight !== undefined && `compute beyond what an optimal run of this loss needs: ${percent(deadweight, 1)}`,
  ].filter((line) => typeof line === "string");
