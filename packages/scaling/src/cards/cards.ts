import { registry } from "@isoflop/spec";
import { published } from "./published/index.js";
import type { LawCard } from "./schema.js";

/** Every law card by name. A new one is one file in `published/` and a line in its `index.ts`; one from outside joins by `lawCards.add`. */
export const lawCards = registry<LawCard>("law card", published);

/** "dit" of "dit-2410.08184". */
export const shortName = (name: string): string => name.replace(/-\d{4}\.\d{4,5}$/, "");

/**
 * The card of a name, with or without the arXiv id at its end: "chinchilla" and "chinchilla-2203.15556" are the same.
 * @throws RegistryError naming the nearest and all names there are
 */
export const lawCard = (name: string): LawCard => {
  if (lawCards.has(name)) return lawCards.get(name);
  const byShortName = registry(lawCards.what);
  for (const card of lawCards) {
    const short = shortName(card.name);
    if (!byShortName.has(short)) byShortName.add({ name: short });
  }
  byShortName.get(name);
  return [...lawCards].find((card) => shortName(card.name) === name)!;
};

/** Whether there is such a card. */
export const hasLawCard = (name: string): boolean =>
  lawCards.has(name) || lawCards.names.some((one) => shortName(one) === name);
