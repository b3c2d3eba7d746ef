import type { Illustrated } from "@isoflop/plot";
import { passagesOf, type Words } from "../words/passage.js";
import type { Page } from "./page.js";

/** A page's sections: its figures, and below them what the terminal shows. */
export const sectionsOf = ({ figures }: Page, words: Words): readonly [Illustrated, ...Illustrated[]] => [
  { figures: figures.filter((figure) => figure !== false && figure !== undefined) },
  ...passagesOf(words),
];
