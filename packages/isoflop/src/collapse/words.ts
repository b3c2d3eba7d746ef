import type { Collapse, CollapsedRun } from "@isoflop/scaling";
import { shown } from "../files/read.js";
import { num, percent, plural, signedPercent } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import { printable } from "../words/printable.js";
import type { CollapseDocument } from "./collapse.js";

/** What a person reads of a collapse. */
export const collapseWords = ({ collapse, curves, input, ok, status, message }: CollapseDocument): Words => [
  `${shown(input.file)}: ${plural(curves.used, "curve")}${curves.all > curves.used ? ` of ${curves.all}` : ""}, ${plural(curves.dropped.length, "row")} dropped`,
  !ok && `refused: ${status}: ${message}`,
  ...(collapse ? [runsTable(collapse), verdict(collapse), finenessOf(collapse)] : []),
];

const runsTable = ({ runs }: Collapse): Passage =>
  table(
    ["run", "N", "end", "deviation", "p", "furthest at", "there", "seen from"],
    runs.map(({ label, N, loss, deviation, pValue, at, factor, spoils, seenFrom }) => [
      `${spoils ? "! " : "  "}${printable(label)}`,
      N === undefined ? "–" : num(N, 4),
      num(loss, 5),
      num(deviation, 3),
      num(pValue, 2),
      percent(at, 0),
      signedPercent(factor - 1, 1),
      seenFrom === undefined ? "" : percent(seenFrom, 0),
    ]),
  );

const verdict = ({ runs, level }: Collapse): string => {
  const spoilt = runs.filter(({ spoils }) => spoils);
  const held = runs.length - spoilt.length;
  if (spoilt.length === 0)
    return `no run spoils the collapse: by chance at least one of ${held} deviates as much in more than ${percent(level, 0)} of sweeps`;
  return `${spoilt.map(saying).join("; ")}; ${plural(held, "run")} hold`;
};

const saying = ({ label, factor, at, seenFrom }: CollapsedRun): string => {
  const seen = seenFrom === undefined ? "" : `, to be seen from ${percent(seenFrom, 0)} of the training on`;
  return `${printable(label)} spoils the collapse: ${signedPercent(factor - 1, 1)} at ${percent(at, 0)}${seen}`;
};

const finenessOf = ({ deviation, floor, noise, supercollapse, x }: Collapse): Passage => {
  const middle = x.findIndex((at) => at >= 0.5);
  const range =
    floor.from === "given"
      ? "as given"
      : `of the best collapse, ${num(floor.range[0], 4)} to ${num(floor.range[1], 4)} without one run or another`;
  return {
    notes: [
      `Δ at half of the training ${percent(deviation[middle]!, 2)}${noise ? `, σ between repeated runs ${percent(noise[middle]!, 2)}` : ""}`,
      ...(supercollapse === undefined
        ? []
        : [`Δ stays below σ from ${percent(supercollapse, 0)} of the training on: a supercollapse`]),
      `L0 = ${num(floor.value, 4)}, ${range}`,
    ],
  };
};
