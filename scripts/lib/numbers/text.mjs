/**
 * @typedef {object} Num
 * @property {string} key the two nearest names above it in JSON, the words before it in text, row and column in a table, element
 * and attribute in a figure
 * @property {string} text its digits
 * @property {number} value
 */

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** "1.7×10¹¹" and "10⁻³" as "1.7e11" and "1e-3". @param {string} text */
const withoutSuperscripts = (text) =>
  text.replace(/(×)?10(⁻?)([⁰¹²³⁴-⁹]+)/g, (_, times, minus, digits) => {
    const exponent = [...digits].map((one) => superscripts.indexOf(one)).join("");
    return `${times ? "" : "1"}e${minus && "-"}${exponent}`;
  });

/** Versions, dates and hashes: they name a program, a day or a file. */
const names = /\bv?\d+(?:\.\d+){2,}|\b\d{4}-\d\d-\d\d\b|\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/g;

/** "26.7 s", "3 min 37 s, 63 %", "1:04". */
const times = /\d+:\d\d\b|(?:\d+ h )?(?:\d+ min )?[\d.]+ (?:s|ms|min|seconds|minutes)\b(?!\.e)(?:\s*,\s*\d+ %)?/g;

/** Without the column of a printed table that is headed "seconds": numbers end where the head of their column ends. @param {string} text */
const withoutSeconds = (text) => {
  let edge = 0;
  const lines = text.split("\n").map((line) => {
    const head = /\bseconds\b/.exec(line);
    if (head || line.trim() === "") edge = head ? head.index + "seconds".length : 0;
    return edge > 0 ? line.slice(0, edge).replace(/[\d.]+$/, "") + line.slice(edge) : line;
  });
  return lines.join("\n");
};

const number = /(?<![\w.])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+−]?\d+)?/g;
const word = /(?<![\w.])\p{L}[\p{L}\d*_]*/gu;

/** @param {string} digits @param {string} key @returns {Num} */
export const parsed = (digits, key) => {
  const text = digits.replaceAll("−", "-").replaceAll(",", "").replace(/^\+/, "");
  return { key, text, value: Number(text) };
};

/**
 * Numbers of running text, by the two words before them in their line.
 * @param {string} text @param {boolean} measured whether times in it were measured, and are left out
 * @param {string} [key] instead of the words before
 * @returns {Num[]}
 */
export const textNumbers = (text, measured, key) =>
  withoutSuperscripts(measured ? withoutSeconds(text) : text)
    .replace(names, " ")
    .replace(measured ? times : /$^/, " ")
    .split("\n")
    .flatMap((line) =>
      [...line.matchAll(number)].map((match) => {
        const before = line.slice(0, match.index).match(word) ?? [];
        return parsed(match[0], key ?? before.slice(-2).join(" "));
      }),
    );
