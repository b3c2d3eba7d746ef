import type { Figure, Illustrated } from "@isoflop/plot";
import { passagesOf, type Words } from "../words/passage.js";

export interface Page {
  readonly title: string;
  /** What is not there is left out. */
  readonly figures: readonly (Figure | false | undefined)[];
  /** The whole page, where it is more than figures with what the terminal shows below them. */
  readonly sections?: readonly Illustrated[];
}

/** A page's sections: its figures, and below them what the terminal shows. */
export const sectionsOf = ({ figures }: Page, words: Words): readonly [Illustrated, ...Illustrated[]] => [
  { figures: figures.filter((figure) => figure !== false && figure !== undefined) },
  ...passagesOf(words),
];
