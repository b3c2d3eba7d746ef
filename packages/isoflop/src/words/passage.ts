import type { Illustrated, PageTable } from "@isoflop/plot";

/** One thing that is said, in a terminal and on a page alike: a table, sentences, or text that is set already, with or without a title. */
export type Passage = Omit<Illustrated, "figures">;

/** What a command says; a bare text is a sentence, and what is not there is left out. */
export type Words = readonly (Passage | string | false | undefined)[];

/** Rows under a head; the first `names` columns are set to the left, the others hold numbers. */
export const table = (head: PageTable["head"], rows: PageTable["rows"], names = 1): Passage => ({
  table: { head, rows, names },
});

/** The passages of what is said. */
export const passagesOf = (words: Words): Passage[] =>
  words.flatMap((part) => {
    if (typeof part === "string") return part === "" ? [] : [{ notes: [part] }];
    return part ? [part] : [];
  });
