/** A share of an old pixel in a new one, along one side. */
export interface Span {
  readonly target: number;
  readonly source: number;
  readonly weight: number;
}

/** Which old pixels lie under which new ones, and by how much; the weights of a new pixel add up to 1. */
export const coverage = (cell: number, size: number): Span[] => {
  const spans: Span[] = [];
  for (let target = 0; target < size; target++) {
    // Edges in units of 1 / size of an old pixel, so that they are whole numbers.
    const low = target * cell;
    const high = low + cell;
    for (let source = Math.floor(low / size); source * size < high; source++) {
      const overlap = Math.min(high, (source + 1) * size) - Math.max(low, source * size);
      spans.push({ target, source, weight: overlap / cell });
    }
  }
  return spans;
};
