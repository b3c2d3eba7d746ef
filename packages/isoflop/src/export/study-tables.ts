import { heldOutOf, type StudySummary } from "@isoflop/plot";
import { predictRollOut } from "@isoflop/scaling";
import { LOSS } from "../words/quantity.js";
import { type Cell, column, type ExportTable, tableOf } from "./table.js";

/** What a study found beside its fits: the law that predicts at its budgets and beyond, and how rehearsals of it went. */
export const studyTables = (summary: StudySummary): readonly (ExportTable | undefined)[] => {
  const { rollOut, fit } = summary;
  if (!rollOut) return [];
  const budgets = fit?.budgets.map(({ C }) => C) ?? [];
  // Several sizes are of one compute, but for rounding.
  const beyond = heldOutOf(summary).map(({ prediction }) => Number(prediction.given.C!.toPrecision(12)));
  return [
    tableOf(
      "law",
      "The law that predicts: the best model of each compute over forms of surface, with 95\\,\\% intervals.",
      [
        column("C", "$C$, FLOPs"),
        column("N", "$N^*$, parameters"),
        column("D", "$D^*$, tokens"),
        column(LOSS, "$L^*$"),
        column("status"),
      ],
      [...new Set([...budgets, ...beyond])].flatMap((C): Cell[][] => {
        const answer = predictRollOut(rollOut, { C });
        if (!answer.ok) return [];
        const { N, D, loss } = answer.predicted;
        return [[C, N, D, loss, budgets.includes(C) ? "fitted" : "held out"]];
      }),
    ),
    tableOf(
      "rehearsals",
      "Rehearsals: the runs up to one budget foresee those of each larger one; errors of $\\ln L$, and in units of their intervals.",
      [
        column("upTo", "fitted up to, FLOPs"),
        column("C", "$C$, FLOPs"),
        column("N", "$N$, parameters"),
        column("error", "$\\ln L - \\ln \\hat L$"),
        column("z", "$z$"),
      ],
      (rollOut.rehearsals ?? []).flatMap(({ upTo, C, runs }) => runs.map(({ N, error, z }) => [upTo, C, N, error, z])),
    ),
  ];
};
