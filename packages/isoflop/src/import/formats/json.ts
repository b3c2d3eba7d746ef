import { inputError } from "../../exit.js";
import { printable } from "../../words/printable.js";

/** A string, or a number that only Python writes into JSON. */
const BARE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

/** JSON with NaN and Infinity as Python writes them, which become the words; undefined for what is none. */
export const parsedJson = (text: string): unknown => {
  for (const one of [text, text.replace(BARE, (token) => (token.startsWith('"') ? token : `"${token}"`))]) {
    try {
      return JSON.parse(one.replace(/^\uFEFF/, ""));
    } catch {
      // The other may be.
    }
  }
  return undefined;
};

/** @throws CliError for what is not JSON */
export const jsonIn = (text: string, file: string): unknown => {
  const value = parsedJson(text);
  if (value === undefined) throw inputError(`${printable(file)} is not JSON`);
  return value;
};
