/** More dots than this hide each other, and make a page of many megabytes. */
const most = 2000;
/** Multiples of the golden ratio are spread evenly and follow no period of the rows. */
const golden = (Math.sqrt(5) - 1) / 2;

/** What is drawn of many: all, or an even sample. */
export const sampled = <T>(items: readonly T[]): readonly T[] =>
  items.length <= most ? items : items.filter((_, i) => (i * golden) % 1 < most / items.length);

/** The words for a caption where not all are drawn. */
export const sampledNote = (items: readonly unknown[], what = "runs"): string =>
  items.length <= most ? "" : ` Of ${items.length} ${what} an even sample of ${sampled(items).length} is drawn.`;
