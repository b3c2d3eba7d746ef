import { expectOk, predictRollOut } from "@isoflop/scaling";
import { expect, it } from "vitest";
import { studyTables } from "../../src/export/study-tables.js";
import { C, rolled, summary } from "./rolled.js";

it("a study's tables have the law that predicts where it was fitted and tested, and every rehearsed run", () => {
  const [law, rehearsals] = studyTables(summary);
  expect(law!.columns.map(({ name }) => name)).toEqual(["C", "N", "D", "loss", "status"]);
  expect(law!.rows.map(([at, , , , status]) => [at, status])).toEqual([
    ...[1e10, 2e10, 4e10, 8e10, 1.6e11].map((budget) => [budget, "fitted"]),
    [C, "held out"],
  ]);
  const { N, loss } = expectOk(predictRollOut(rolled, { C })).predicted;
  expect(law!.rows.at(-1)!.slice(1, 4)).toMatchObject([N, {}, loss]);
  expect(rehearsals!.rows).toHaveLength(rolled.rehearsals!.reduce((sum, { runs }) => sum + runs.length, 0));
  const { rollOut: _, ...without } = summary;
  expect(studyTables(without)).toEqual([]);
});
