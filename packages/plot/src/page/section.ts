/** Rows of words under a head. */
export interface PageTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are set to the left, counted from the first; the others hold numbers. */
  readonly names: number;
}

/** One part of what is said, in a terminal and on a page alike. */
export interface Section {
  readonly title: string;
  readonly table?: PageTable;
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** A figure of a page. */
export interface PageFigure {
  /** SVG of a width in pixels. @throws PlotInputError naming what cannot be drawn */
  readonly draw: (width: number) => string;
  readonly caption: string;
  /** Two of these stand side by side where there is room. */
  readonly half?: boolean;
}

/** A section of a page; a page of one section needs no second title. */
export interface Illustrated extends Partial<Section> {
  readonly figures: readonly PageFigure[];
  /** Text that is set as it is, such as what a terminal shows. */
  readonly text?: string;
}
