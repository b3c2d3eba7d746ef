/** Rows of words under a head. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are set to the left, counted from the first; the others hold numbers. */
  readonly names: number;
}

/** One part of what is said, in the terminal and on the page alike. */
export interface Section {
  readonly title: string;
  readonly table?: Table;
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** A figure of the page. */
export interface Figure {
  /** SVG of a width in pixels. */
  readonly draw: (width: number) => string;
  readonly caption: string;
  /** Two of these stand side by side where there is room. */
  readonly half?: boolean;
}

/** A section of the page with its figures. */
export interface Illustrated extends Section {
  readonly figures: readonly Figure[];
}
