import type { Figure } from "../chart/figure.js";

/** Rows of words under a head. */
export interface PageTable {
  readonly head: readonly string[];
  /** Units, below the heads where there is one. */
  readonly units?: readonly (string | undefined)[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are set to the left, counted from the first; the others hold numbers. */
  readonly names: number;
  /** Where a reader may sort the rows by any column: what its cells are sorted by, a number or the word itself. */
  readonly keys?: readonly (readonly (number | string)[])[];
}

/** One part of what is said, in a terminal and on a page alike. */
export interface Section {
  readonly title: string;
  readonly table?: PageTable;
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** A figure of a page. */
export interface PageFigure extends Figure {
  /** Two of these stand side by side where there is room. */
  readonly half?: boolean;
  /** Of the figure's address in the page and of the file of its numbers; its number where it has none. Lower case, digits and hyphens. */
  readonly name?: string;
}

/** Small figures that share a caption and stand side by side, as many as fit; two of them are half as wide as the page. */
export interface Panels {
  readonly caption: string;
  readonly panels: readonly Figure[];
  readonly name?: string;
}

/** A section of a page; a page of one section needs no second title. */
export interface Illustrated extends Partial<Section> {
  /** What is to be seen, above the figures. */
  readonly lead?: string;
  readonly figures?: readonly (PageFigure | Panels)[];
  /** Text that is set as it is, such as what a terminal shows. */
  readonly text?: string;
}
