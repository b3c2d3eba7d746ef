import { conventionsDiffer, conventionWords, type LawCard } from "@isoflop/scaling";
import { citation, conventionsLine } from "../cards/words.js";
import { usageError } from "../exit.js";
import { LOSS } from "../words/quantity.js";

/** What a published side says of itself. */
export interface PublishedSide extends Pick<LawCard, "authors" | "year" | "arxiv" | "conventions"> {
  readonly card: string;
}

/** Of sides that are cards. */
export interface PublishedSides {
  readonly a?: PublishedSide;
  readonly b?: PublishedSide;
}

export const publishedOf = ({ name, authors, year, arxiv, conventions }: LawCard): PublishedSide => ({
  card: name,
  authors,
  year,
  ...(arxiv !== undefined && { arxiv }),
  conventions,
});

export const publishedSides = (a: LawCard | undefined, b: LawCard | undefined): PublishedSides => ({
  ...(a && { a: publishedOf(a) }),
  ...(b && { b: publishedOf(b) }),
});

/** @throws CliError `usage` for two losses that are known to be of different kinds */
export const requireSameLoss = (a: LawCard | undefined, b: LawCard | undefined, quantity = LOSS): void => {
  if (!a || !b || quantity !== LOSS) return;
  if (!conventionsDiffer(a, b).some(({ counted, known }) => counted === "loss" && known)) return;
  const [one, other] = [a, b].map(({ conventions }) => conventionWords(conventions, "loss"));
  throw usageError(
    `${a.name} and ${b.name} have losses that do not compare (${one}; ${other}); compare their --exponents, or a --quantity that both have`,
  );
};

/** Which card a side is, and what that counts. @param law what its curve is, in words */
export const cardLines = (letter: "A" | "B", side: PublishedSide, law?: string): string[] => [
  `${letter}: ${[side.card, citation(side), law].filter((part) => part !== undefined).join(", ")}`,
  `   ${conventionsLine(side)}`,
];

/** In what two sides are not known to count alike, in a line each. */
export const conventionCautions = ({ a, b }: PublishedSides): string[] => {
  if (!a && !b) return [];
  if (!a || !b)
    return [
      `caution: what N, D, C and the loss of ${a ? "B" : "A"} count is not said; the numbers compare only if they count as on the card`,
    ];
  const differences = conventionsDiffer(a, b);
  const names = (known: boolean) =>
    differences
      .filter((one) => one.known === known)
      .map(({ counted }) => conventionWords(a.conventions, counted)!.split(":")[0]!);
  const [different, unknown] = [names(true), names(false)];
  return [
    ...(different.length > 0 ? [`caution: A and B count differently: ${different.join(", ")}`] : []),
    ...(unknown.length > 0 ? [`not known to be counted alike: ${unknown.join(", ")}`] : []),
  ];
};
