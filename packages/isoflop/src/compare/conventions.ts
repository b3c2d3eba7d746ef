import { type CardConventions, conventionsDiffer, conventionWords, type LawCard } from "@isoflop/scaling";
import { usageError } from "../exit.js";
import { LOSS } from "../words/quantity.js";
import type { Side } from "./side.js";

/** What a published side says of itself. */
export interface PublishedSide {
  readonly card: string;
  readonly arxiv?: string;
  readonly conventions: CardConventions;
}

export const publishedOf = ({ card }: Side): PublishedSide | undefined =>
  card && {
    card: card.name,
    ...(card.arxiv !== undefined && { arxiv: card.arxiv }),
    conventions: card.conventions,
  };

/** @throws CliError `usage` for two losses that are known to be of different kinds */
export const requireSameLoss = (a: Side, b: Side, quantity = LOSS): void => {
  if (!a.card || !b.card || quantity !== LOSS) return;
  const [one, other] = [a.card, b.card].map((card) => conventionWords(card.conventions, "loss"));
  const differ = conventionsDiffer(a.card, b.card).some(({ counted, known }) => counted === "loss" && known);
  if (!differ) return;
  throw usageError(
    `${a.card.name} and ${b.card.name} have losses that do not compare (${one}; ${other}); compare their --exponents, or a --quantity that both have`,
  );
};

/** In what two sides are not known to count alike, in a line each. */
export const cautions = (a: LawCard | undefined, b: LawCard | undefined): string[] => {
  const [one] = [a, b].filter((card) => card !== undefined);
  if (!one) return [];
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
