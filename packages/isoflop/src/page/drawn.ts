/** More dots than this hide each other, and make a page of many megabytes. */
const MOST = 2000;
/** Multiples of the golden ratio are spread evenly and follow no period of the rows. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** What is drawn of many: all, or an even sample. */
export const drawn = <T>(items: readonly T[]): readonly T[] =>
  items.length <= MOST ? items : items.filter((_, i) => (i * GOLDEN) % 1 < MOST / items.length);

/** The words for a caption where not all are drawn. */
export const drawnNote = (items: readonly unknown[], what = "runs"): string =>
  items.length <= MOST ? "" : ` Of ${items.length} ${what} an even sample of ${drawn(items).length} is drawn.`;
