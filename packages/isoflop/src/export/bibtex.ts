import { escapeLatex } from "./latex.js";
import type { Reference } from "./references.js";

/** How such a file begins, so that it is known again. */
export const BIBTEX_HEAD = "% isoflop export: what was used";

/** Braces keep their meaning in BibTeX: those of a reference are ours, and balanced. */
const fieldText = (name: string, value: string): string => {
  if (name === "url" || name === "eprint") return value;
  return value
    .split(/([{}])/)
    .map((part) => (part === "{" || part === "}" ? part : escapeLatex(part)))
    .join("");
};

/** Braces of words of others would not be balanced: they are left out. */
const balanced = (value: string): string => {
  let depth = 0;
  const ends = [...value].every((character) => {
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    return depth >= 0;
  });
  return ends && depth === 0 ? value : value.replace(/[{}]/g, "");
};

/** A bibliography for BibTeX and biber. */
export const referencesAsBibtex = (references: readonly Reference[]): string =>
  `${BIBTEX_HEAD}\n\n${references
    .map(({ key, type, fields }) => {
      const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${fieldText(name, balanced(value))}},`);
      return `@${type}{${key},\n${lines.join("\n")}\n}\n`;
    })
    .join("\n")}`;
