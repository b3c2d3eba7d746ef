import { exponentsOf, type LawCard, lawsOf, type TableFormat } from "@isoflop/scaling";
import { cardCalled, cardIn } from "../cards/find.js";
import { unsound, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { isoFlopThrough } from "../fit/isoflop/fit.js";
import type { Comparable } from "../fit/kind.js";
import { fitKinds, kindOf } from "../fit/kinds.js";
import { type SavedFit, savedFitIn } from "../fit/saved.js";
import type { ColumnMap } from "../options/columns.js";
import { loadRuns } from "../runs/load.js";
import { LOSS } from "../words/quantity.js";

/** What is read of a side. */
export interface SideInput {
  readonly file: string;
  readonly columns: ColumnMap | undefined;
  readonly format?: TableFormat | undefined;
  readonly quantity?: string | undefined;
}

/** One of two sides: a fit of the user's, or a published law. */
export interface Side {
  readonly file: string;
  readonly input: InputFile;
  readonly saved?: SavedFit;
  readonly card?: LawCard;
}

/** A saved fit, the isoFLOP fit of a table of runs, or a law card by its name or from a file. */
export const sideOf = ({ file, columns, format, quantity }: SideInput): Side => {
  const named = cardCalled(file);
  if (named) return { file, input: named.origin, card: named.card };
  const { text, origin } = readInput(file);
  const card = cardIn(text, file);
  if (card) return { file, input: origin, card };
  const saved =
    savedFitIn(text, file) ?? isoFlopThrough(loadRuns({ input: file, columns, format, quantity }), { quantity });
  return { file, input: saved.input, saved };
};

/** What the law of a side is of; a law of x and y does not say, and a card has several. */
export const quantityOf = ({ saved }: Side): string | undefined =>
  saved?.fit && kindOf(saved.fit).quantity?.(saved.fit);

/** Kinds of fit that have a law of the loss against compute. */
const comparable = (): string => {
  const commands = Object.values(fitKinds).flatMap((kind) => ("compared" in kind ? [`a fit ${kind.record}`] : []));
  return ["a table of runs", "a law card", ...commands].join(", ").replace(/, ([^,]*)$/, " or $1");
};

/** The law of a side against compute. @param form which, of fits that have several */
export const lawOf = ({ saved, card, file }: Side, form: "power" | "saturating", quantity = LOSS): Comparable => {
  if (card) return lawOfCard(card, quantity);
  const { command, fit, status, message } = saved!;
  if (!fit) throw unsound(`${shown(file)}: ${status}: ${message}`);
  const compared = kindOf(fit).compared?.(fit, form);
  if (!compared) throw usageError(`${shown(file)} is a ${command}; compare takes ${comparable()}`);
  if (!compared.ok) throw unsound(`${shown(file)}: ${compared.reason}: ${compared.message}`);
  const { law, data } = compared;
  return { law, data };
};

const lawOfCard = (card: LawCard, quantity: string): Comparable => {
  const laws = Object.entries(lawsOf(card)).filter(([, { against }]) => against === "C");
  const found = laws.find(([of]) => of === quantity)?.[1];
  if (found) return { law: found.law, data: found.data };
  throw usageError(
    `the card ${card.name} has no law of ${quantity} against compute; ${instead(
      card,
      laws.map(([of]) => of),
    )}`,
  );
};

/** What a card without that law has. */
const instead = (card: LawCard, laws: readonly string[]): string => {
  if (laws.length > 0) return `expected a --quantity of ${laws.join(", ")}, or --exponents`;
  if (Object.keys(exponentsOf(card)).length > 0) return "it has none but exponents: compare those with --exponents";
  return card.surface ? "the optimum of its surface is no power of C" : "it has none against compute";
};
