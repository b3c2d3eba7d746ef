import { type Rehearsal, rehearsalScore } from "@isoflop/scaling";
import { num, percent, plural, round } from "../words/numbers.js";
import { type Passage, table } from "../words/passage.js";

/** What was foreseen of larger budgets from smaller ones, and how it came out; nothing where there was no rehearsal. */
export const rehearsalsTable = (rehearsals: readonly Rehearsal[] | undefined): Passage | undefined => {
  if (!rehearsals || rehearsals.length === 0) return undefined;
  const { runs, inside, rms } = rehearsalScore(rehearsals);
  return {
    ...table(
      ["rehearsed up to", "foreseen", "times", "runs", "mean error", "interval", "inside", "rms z"],
      rehearsals.map((one) => {
        const score = rehearsalScore([one]);
        const mean = one.runs.reduce((s, { error }) => s + error, 0) / one.runs.length;
        return [
          round(one.upTo),
          round(one.C),
          num(one.distance, 2),
          String(score.runs),
          percent(mean, 1),
          `±${percent(one.halfWidth, 1)}`,
          percent(score.inside, 0),
          num(score.rms, 2),
        ];
      }),
    ),
    notes: [
      `fitted to the runs up to each budget, and asked of each larger one: ${plural(runs, "run")} foreseen, ${percent(inside, 0)} inside their 95 % intervals, rms z ${num(rms, 2)}; rehearsals share runs, so these are not so many tests`,
    ],
  };
};
