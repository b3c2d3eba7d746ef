import {
  type CardRelation,
  type CardSource,
  type Counted,
  cardValue,
  conventionWords,
  type LawCard,
  type Published,
  shortName,
} from "@isoflop/scaling";
import { citation } from "../cards/words.js";
import { interval, num, percent, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";

/** Every card in a line. */
export const cardsWords = (cards: readonly LawCard[]): Words => [
  table(
    ["card", "from", "arXiv", "gives", "verified in"],
    cards.map((card) => [
      shortName(card.name),
      `${card.authors} ${card.year}`,
      card.arxiv ?? "–",
      givesOf(card),
      verifiedIn(card),
    ]),
    5,
  ),
  "isoflop laws NAME shows one whole; predict --law NAME and compare A NAME use it",
];

/** "N, D of C; L(N, D)" */
const givesOf = ({ laws, surface }: LawCard): string => {
  const main = laws.filter(({ variant }) => variant === undefined);
  const of = (exponentsOnly: boolean) =>
    main.filter(({ coefficient }) => (coefficient === undefined) === exponentsOnly).map((law) => law.of);
  const [whole, exponents] = [of(false), of(true)];
  return [
    surface && "L(N, D)",
    whole.length > 0 && whole.join(", "),
    exponents.length > 0 && `exponents of ${exponents.join(", ")}`,
  ]
    .filter((part) => typeof part === "string")
    .join("; ");
};

const sourcesOf = ({ laws, surface }: LawCard): CardSource[] => [
  ...(surface ? [surface.source] : []),
  ...laws.map(({ source }) => source),
];

const verifiedIn = (card: LawCard): string => [...new Set(sourcesOf(card).map(({ verified }) => verified))].join(", ");

/** One card whole. */
export const cardWords = (card: LawCard): Words => [
  { title: `${card.name}: ${card.title}`, notes: [citation(card), ...(card.note === undefined ? [] : [card.note])] },
  lawsTable(card),
  surfaceTable(card),
  conventionsTable(card),
  rangesOf(card) && `fitted to ${rangesOf(card)}`,
  reproducedTable(card),
  `licence: ${card.licence}`,
];

/** As it is printed, with its error where there is one. */
const printed = (value: Published): string => {
  if (typeof value === "number") return round(value);
  const { standardError, interval: ends, level = 0.95 } = value;
  const error = standardError === undefined ? "" : ` ± ${round(standardError)}`;
  return `${round(value.value)}${error}${ends ? ` ${interval(ends, 4)} at ${percent(level, 0)}` : ""}`;
};

const formulaOf = ({ coefficient, exponents, units = {}, floor }: CardRelation): string => {
  const powers = Object.entries(exponents).map(([name, exponent]) => {
    const unit = units[name] ?? 1;
    return `${unit === 1 ? name : `(${name}/${round(unit)})`}^${printed(exponent)}`;
  });
  const product = [...(coefficient === undefined ? [] : [printed(coefficient)]), ...powers].join(" · ");
  return `${floor === undefined ? "" : `${printed(floor)} + `}${coefficient === undefined ? "∝ " : ""}${product}`;
};

const sourceWords = ({ arxiv, where, verified }: CardSource): string[] => [
  arxiv === undefined ? where : `${arxiv}, ${where}`,
  verified,
];

const lawsTable = ({ laws }: LawCard): Passage | undefined =>
  laws.length === 0
    ? undefined
    : table(
        ["law of", "unit", "is", "where", "verified in"],
        laws.map((law) => [
          law.variant === undefined ? law.of : `${law.of} (${law.variant})`,
          law.unit,
          formulaOf(law),
          ...sourceWords(law.source),
        ]),
        5,
      );

const surfaceTable = ({ surface }: LawCard): Passage | undefined => {
  if (!surface) return undefined;
  const [where, verified] = sourceWords(surface.source);
  const rows = Object.entries(surface.parameters).map(([name, value]) => [name, printed(value)]);
  return {
    ...table([`surface, form ${surface.form}`, "value"], rows, 2),
    notes: [
      `${where} (${verified})`,
      surface.covariance ? "" : "no covariance is published: predictions have no interval",
      ...(surface.note === undefined ? [] : [surface.note]),
    ].filter((note) => note !== ""),
  };
};

const conventionsTable = ({ conventions }: LawCard): Passage =>
  table(
    ["counts", "in words"],
    (Object.keys(conventions) as Counted[]).map((counted) => [
      conventionWords(conventions, counted) ?? counted,
      conventions[counted]?.words ?? "",
    ]),
    2,
  );

const rangesOf = ({ range }: LawCard): string =>
  Object.entries(range)
    .map(([name, [low, high]]) => `${name} from ${round(low)} to ${round(high)}`)
    .join(", ");

const reproducedTable = (card: LawCard): Passage | undefined =>
  card.reproduces.length === 0
    ? undefined
    : table(
        ["the source says", "where", "printed", "the card gives"],
        card.reproduces.map(({ asks, given, expected, where }) => {
          const outcome = cardValue(card, asks, given);
          const at = Object.entries(given).map(([name, value]) => `${name} = ${round(value)}`);
          return [`${asks} at ${at.join(", ")}`, where, round(expected), outcome.ok ? num(outcome.value) : "–"];
        }),
        2,
      );
