import { num } from "../../words/numbers.js";
import { table, type Words } from "../../words/passage.js";
import type { ComparedPair, RunComparison } from "./compare.js";

export const compareWords = ({ first, others }: RunComparison): Words => [
  table(
    ["run", "loss", "±", "− the first", "± paired", "± unpaired", "standard errors"],
    [
      [first.id, num(first.loss), num(first.lossStdErr, 2), "", "", "", ""],
      ...others.map(({ id, loss, lossStdErr, difference: { mean, stdErr }, unpaired }) => [
        ...[id, num(loss), num(lossStdErr, 2)],
        ...[num(mean, 3), num(stdErr, 2), num(unpaired, 2), stdErr > 0 ? num(Math.abs(mean) / stdErr, 2) : "–"],
      ]),
    ],
  ),
  "± paired is what the validation samples leave of a difference between these runs; runs of other seeds would differ by more",
  ...others.map(binsTable),
];

const binsTable = ({ id, bins }: ComparedPair) =>
  bins !== undefined && {
    title: `${id} − the first, by noise level`,
    ...table(
      ["t, 0 data to 1 noise", "difference", "± paired"],
      bins.map(({ from, to, mean, stdErr }) => [`${num(from, 2)} to ${num(to, 2)}`, num(mean, 3), num(stdErr, 2)]),
    ),
  };
