/** One, several, or none of something. */
export type Several<T> = T | readonly T[] | undefined;

/** All of them, as a list. */
export const listOf = <T extends object>(some: Several<T>): readonly T[] => {
  if (some === undefined) return [];
  return isList(some) ? some : [some];
};

const isList = <T extends object>(some: T | readonly T[]): some is readonly T[] => Array.isArray(some);
