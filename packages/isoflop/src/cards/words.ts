import { type CardConventions, type Counted, conventionWords, type LawCard } from "@isoflop/scaling";

const counted = (conventions: CardConventions): Counted[] => Object.keys(conventions) as Counted[];

/** "Hoffmann et al. 2022, arXiv:2203.15556" */
export const citation = ({ authors, year, arxiv }: Pick<LawCard, "authors" | "year" | "arxiv">): string =>
  `${authors} ${year}${arxiv === undefined ? "" : `, arXiv:${arxiv}`}`;

/** What everything counts, in a line. */
export const conventionsLine = ({ conventions }: Pick<LawCard, "conventions">): string =>
  counted(conventions)
    .flatMap((one) => conventionWords(conventions, one) ?? [])
    .join("; ");
