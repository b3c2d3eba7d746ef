import { createHash } from "node:crypto";
import { type LawCard, lawCard, readLawCard, writeRecord } from "@isoflop/scaling";
import { CliError, exitCodes, inputError, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { statusOf } from "../files/status.js";

/** A published law, and where it came from. */
export interface FoundCard {
  readonly card: LawCard;
  readonly origin: InputFile;
}

const built = (card: LawCard): FoundCard => ({
  card,
  origin: { file: card.name, sha256: createHash("sha256").update(writeRecord(card)).digest("hex") },
});

/** What is written like the name of a card, and not like that of a file. */
const isName = (text: string): boolean =>
  text !== "-" && !/[\\/]|\.(json|jsonl|csv|tsv|txt)$/i.test(text) && !statusOf(text);

/** The card in a text; undefined for any other text, such as a table of runs. */
export const cardIn = (content: string, file: string): LawCard | undefined => {
  if (!/^\uFEFF?\s*\{/.test(content)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  if ((value as { readonly record?: unknown }).record !== "card") return undefined;
  try {
    return readLawCard(value, "");
  } catch (error) {
    throw new CliError(exitCodes.input, `${shown(file)} is not a whole law card: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

/**
 * The card of a name or in a file; undefined for a file of something else.
 * @throws CliError `usage` for what is neither a file nor the name of a card, `input` for a file that cannot be read
 */
export const cardAt = (text: string): FoundCard | undefined => {
  if (isName(text)) return named(text, "or a file");
  const { text: content, origin } = readInput(text);
  const card = cardIn(content, text);
  return card && { card, origin };
};

/**
 * The card of a name or in a file.
 * @throws CliError `usage` for a name that there is not, naming the nearest; `input` for a file that holds no card
 */
export const cardFrom = (text: string): FoundCard => {
  if (isName(text)) return named(text, "or a file of one");
  const found = cardAt(text);
  if (!found) throw inputError(`${shown(text)} is not a law card; expected what "isoflop laws NAME --json" prints`);
  return found;
};

const named = (text: string, other: string): FoundCard => {
  try {
    return built(lawCard(text));
  } catch (error) {
    throw usageError(`${(error as Error).message}; ${other}`);
  }
};
