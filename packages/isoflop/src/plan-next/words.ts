import type { NextRun, Plan } from "@isoflop/scaling";
import { num, percent, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";

/** What a person reads of a plan. */
export const planWords = ({ runs, cost, evenGridCost, allowance, target, standardError }: Plan): Words => {
  const { now, planned, evenGrid } = standardError;
  return [
    runsTable(runs),
    `cost ${num(cost)} of ${round(allowance)} FLOPs`,
    table(
      [
        `std. error of ln ${target.quantity === "loss" ? "L*" : `${target.quantity}*`} at C = ${round(target.C)}`,
        "",
        "of now",
      ],
      [
        ["now", num(now, 4), "100 %"],
        ["after these runs", num(planned, 4), percent(planned / now, 1)],
        [`after an even grid, ${num(evenGridCost)} FLOPs`, num(evenGrid, 4), percent(evenGrid / now, 1)],
      ],
    ),
  ];
};

const runsTable = (runs: readonly NextRun[]): Passage =>
  table(
    ["C, FLOPs", "N, parameters", "D, tokens", "times"],
    runs.map(({ C, N, D, count }) => [num(C), num(N), num(D), String(count)]),
  );
