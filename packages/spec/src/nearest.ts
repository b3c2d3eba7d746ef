/** Edits (insertions, deletions, substitutions) between two words. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The word of `words` that `word` was probably meant to be. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of words) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (!best || edits < best.edits) best = { candidate, edits };
  }
  return best && best.edits <= Math.max(2, Math.floor(word.length / 2)) ? best.candidate : undefined;
};

/** `did you mean "…"`, or nothing where no word is near. */
export const didYouMean = (word: unknown, words: readonly string[]): string => {
  const candidate = typeof word === "string" ? nearest(word, words) : undefined;
  return candidate === undefined ? "" : `did you mean "${candidate}"?`;
};
