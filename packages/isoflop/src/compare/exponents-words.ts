import { shown } from "../files/read.js";
import { interval, num, percent } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import { cardLines } from "./conventions.js";
import type { ExponentsDocument, KnownExponent } from "./exponents.js";

/** What a person reads of exponents beside each other. */
export const exponentsWords = ({ a, b, published, exponents }: ExponentsDocument): Words => [
  {
    notes: [
      ...(published.a ? cardLines("A", published.a) : [`A: ${shown(a.file)}`]),
      ...(published.b ? cardLines("B", published.b) : [`B: ${shown(b.file)}`]),
    ],
  },
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
