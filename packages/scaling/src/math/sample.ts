/** Multiples of the golden ratio are spread evenly and follow no period of the rows. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Indices of about `most` of `n` rows, spread evenly over them; all of them where they are no more. */
export function evenSample(n: number, most: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (n <= most || (i * GOLDEN) % 1 < most / n) rows.push(i);
  return rows;
}
