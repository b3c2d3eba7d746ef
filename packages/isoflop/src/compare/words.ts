import type { Comparison } from "@isoflop/scaling";
import { shown } from "../files/read.js";
import type { PairedFolders } from "../runs/paired.js";
import { interval, num, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import { symbol } from "../words/quantity.js";
import type { ComparisonDocument } from "./compare.js";
import { cardLines, conventionCautions, type PublishedSide } from "./conventions.js";

/** What a person reads of a comparison. */
export const comparisonWords = ({ a, b, comparison, published = {}, paired }: ComparisonDocument): Words => {
  const { at, quantity } = comparison;
  const what = symbol(quantity);
  return [
    {
      notes: [
        ...sideLines("A", a.file, comparison.a, published.a),
        ...sideLines("B", b.file, comparison.b, published.b),
        ...conventionCautions(published),
      ],
    },
    ...cautions(comparison),
    table(
      [
        "C, FLOPs",
        `${what} of A`,
        `${what} of B`,
        "B − A",
        "95 % interval",
        "p",
        "compute B needs / C",
        "95 % interval",
      ],
      at.map(({ C, a, b, difference, effectiveCompute }) => [
        round(C),
        num(a.value),
        num(b.value),
        num(difference.value, 4),
        interval(difference.ci95, 4),
        pText(difference.pValue, comparison.draws),
        num(effectiveCompute.value, 4),
        interval(effectiveCompute.ci95, 4),
      ]),
    ),
    trendText(comparison),
    crossingText(comparison),
    constantsTable(comparison),
    paired && pairedWords(paired),
  ];
};

/** The runs themselves, sample by sample. */
const pairedWords = ({ budgets, why }: PairedFolders): Passage | string => {
  if (budgets.length === 0) return `no run of A is held against one of B sample by sample: ${why}`;
  const rows = budgets.map(({ C, heldOut, a, b, difference, unpaired, matched }) => [
    `${round(C)}${heldOut ? ", held out" : ""}`,
    ...[a, b],
    ...[num(difference.mean, 3), num(difference.stdErr, 2), num(unpaired, 2)],
    ...(matched ? [String(matched.pairs), num(matched.mean, 3), num(matched.stdErr, 2)] : ["–", "–", "–"]),
  ]);
  const head = [
    "C, FLOPs",
    "best of A",
    "best of B",
    "B − A",
    "± paired",
    "± unpaired",
    "pairs",
    "B − A",
    "± of pairs",
  ];
  return {
    title: "On the same samples",
    ...table(head, rows, 3),
    notes: [
      "± paired is what validation leaves of a difference between these two runs; ± of pairs is what pairs of runs of equal size scatter, seeds included",
    ],
  };
};

const sideLines = (
  letter: "A" | "B",
  file: string,
  { name, law }: Comparison["a"],
  published: PublishedSide | undefined,
): string[] => {
  if (published) return cardLines(letter, published, law);
  const label = name.slice(letter.length + 2);
  const from = shown(file);
  return [`${letter}: ${from.endsWith(label) ? from : `${label} of ${from}`}, ${law}`];
};

/** Each once, with the side or both that it is of. */
const cautions = ({ a, b }: Comparison): string[] => {
  if (a.caution !== undefined && a.caution === b.caution) return [`caution, A and B: ${a.caution}`];
  return Object.entries({ A: a, B: b }).flatMap(([letter, { caution }]) =>
    caution === undefined ? [] : [`caution, ${letter}: ${caution}`],
  );
};

/** What no number of draws could make smaller is given as a bound. */
const pText = (p: number, draws: number): string =>
  Number.isNaN(p) ? "–" : p <= 2.1 / (draws + 1) ? `< ${num(2 / draws, 1)}` : num(p, 2);

const trendText = ({ trend, quantity, draws }: Comparison): string => {
  if (!trend.ok) return `no ratio over a range: ${trend.message}`;
  const { range, ratio, slope } = trend;
  const [low, high] = range;
  if (ratio.value === Number.POSITIVE_INFINITY)
    return `from ${num(low, 3)} to ${num(high, 3)} FLOPs there is no ratio: A comes to a ${quantity} that B has at no compute`;
  if (Number.isNaN(ratio.pValue))
    return `from ${num(low, 3)} to ${num(high, 3)} FLOPs B needs ${num(ratio.value, 3)} times the compute of A for the same ${quantity}, d ln ratio / d ln C ${num(slope.value, 2)}`;
  const same = slope.ci95[0] <= 0 && slope.ci95[1] >= 0;
  const found = `from ${num(low, 3)} to ${num(high, 3)} FLOPs B needs ${num(ratio.value, 3)} times the compute of A for the same ${quantity}, ${interval(ratio.ci95, 3)}, p ${pText(ratio.pValue, draws)} for equality`;
  const bends = `d ln ratio / d ln C is ${num(slope.value, 2)}, ${interval(slope.ci95, 2)}`;
  return `${found}; ${same ? "no change of the ratio with compute is seen" : "the ratio changes with compute"}: ${bends}`;
};

const crossingText = ({ crossing, crossingShare }: Comparison): string => {
  if (!crossing.ok) return `no crossing is stated: ${crossing.message}`;
  const { C, ci95, below } = crossing;
  if (Number.isNaN(ci95[0])) return `the laws cross at C = ${num(C, 3)}`;
  const [first, then] = below === "a" ? ["A", "B"] : ["B", "A"];
  return `the laws cross at C = ${num(C, 3)}, ${interval(ci95, 3)}, in ${Math.round(100 * crossingShare)} % of the draws: ${first} is better below, ${then} above`;
};

const constantsTable = ({ constants, quantity, draws }: Comparison): Passage | false => {
  const names = {
    N: "exponent of N*",
    D: "exponent of D*",
    loss: `exponent of ${symbol(quantity)}* − E`,
    floor: "floor E",
  };
  const rows = (["N", "D", "loss", "floor"] as const).flatMap((name) => {
    const both = constants[name];
    if (!both) return [];
    const { a, b, difference } = both;
    const cells = [a, b].flatMap(({ value, ci95 }) => [num(value, 4), interval(ci95, 4)]);
    return [
      [names[name], ...cells, num(difference.value, 3), interval(difference.ci95, 3), pText(difference.pValue, draws)],
    ];
  });
  return rows.length > 0 && table(["", "A", "95 %", "B", "95 %", "B − A", "95 %", "p"], rows);
};
