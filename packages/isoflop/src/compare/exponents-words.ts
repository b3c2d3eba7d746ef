import { citation, conventionsLine } from "../cards/words.js";
import { shown } from "../files/read.js";
import { interval, num, percent } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import type { ExponentsDocument, KnownExponent } from "./exponents.js";
import type { Side } from "./side.js";

/** Which file or card a side is, and what a card counts. */
export const sideLines = (name: "A" | "B", { card, input }: Side): string[] =>
  card
    ? [`${name}: ${card.name}, ${citation(card)}`, `   ${conventionsLine(card)}`]
    : [`${name}: ${shown(input.file)}`];

/** What a person reads of exponents beside each other. */
export const exponentsWords = ({ exponents }: ExponentsDocument, [a, b]: readonly [Side, Side]): Words => [
  { notes: [...sideLines("A", a), ...sideLines("B", b)] },
  table(
    ["exponent of", "A", "interval", "B", "interval", "B − A"],
    exponents.map(({ of, a: one, b: other }) => [
      of,
      num(one.value, 4),
      intervalOf(one),
      num(other.value, 4),
      intervalOf(other),
      num(other.value - one.value, 3),
    ]),
  ),
  exponents.some(({ of }) => of !== "N" && of !== "D") &&
    "the loss falls to a floor on some sides: its exponent is then of what lies above it",
];

const intervalOf = ({ interval: ends, level }: KnownExponent): string =>
  ends ? `${interval(ends, 4)}${level === undefined || level === 0.95 ? "" : ` at ${percent(level, 0)}`}` : "–";
