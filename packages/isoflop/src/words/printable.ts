/**
 * What a terminal obeys instead of showing: C0 and C1 controls, DEL, marks that turn or break the text, and halves of surrogate
 * pairs.
 */
const UNSHOWN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const code = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Words of others, such as names of files and cells of tables, as one line of text that is only shown. */
export const printable = (text: string): string =>
  text.replace(UNSHOWN, (character) => NAMES[character] ?? code(character));

/** The same for text of several lines. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** JSON in which such characters are written as escapes: the same value, and nothing that a terminal obeys. */
export const printableJson = (json: string): string =>
  json.replace(UNSHOWN, (character) => (character === "\n" ? character : code(character)));

/** Tells a person something on standard error. */
export const note = (text: string): void => console.error(printable(text));
