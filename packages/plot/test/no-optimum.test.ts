import { expectOk, predictRollOut, rollOut } from "@isoflop/scaling";
import { expect, it } from "vitest";
import { allFigures } from "../src/index.js";
import { document } from "../src/node.js";
import { rolledStudy } from "./support/rolled.js";

it("a study is drawn whose mixture of forms knows no optimum where its budgets have one", () => {
  const study = rolledStudy();
  const budgets = study.fit!.budgets.map(({ C }) => C);
  // Smaller is better at every budget, as far as these forms see.
  const points = study.runs
    .filter(({ C }) => C <= Math.max(...budgets))
    .map(({ C, N, D }, i) => ({ C, N, D, loss: 0.1 + 1e-3 * N ** 0.5 + 1e-4 * (i % 3) }));
  const mixture = expectOk(rollOut(points, { forms: ["joint", "chinchilla"], flopsPerToken: 4.8 }));
  expect(budgets.filter((C) => predictRollOut(mixture, { C }).ok)).toEqual([]);
  const { heldOut: _, ...rest } = study;
  const figures = allFigures({ ...rest, rollOut: mixture }, { document });
  expect(Object.keys(figures)).toContain("isoflop");
  expect(Object.keys(figures)).not.toContain("predicted-measured");
});
