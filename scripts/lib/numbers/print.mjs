import { nearest } from "./compare.mjs";

/** @typedef {import("./compare.mjs").Comparison} Comparison */
/** @typedef {import("./compare.mjs").Expectation} Expectation */
/** @typedef {import("./text.mjs").Num} Num */

/** Lost numbers that are shown of one document. */
const shown = 20;

/** @param {Num} number */
const told = ({ key, text }) => (key ? `${key} ${text}` : text);

/**
 * A line for every document, below it the numbers that are lost without a reason, and sums.
 * @param {readonly Comparison[]} comparisons @param {readonly Expectation[]} expectations
 * @returns {{ text: string, unexpected: number }}
 */
export const comparisonText = (comparisons, expectations) => {
  const used = new Set();
  let [compared, expected, unexpected, added] = [0, 0, 0, 0];
  const lines = comparisons.flatMap((one) => {
    const open = one.lost.filter((number) => {
      const reason = expectations.find(({ document, key }) => document.test(one.document) && key.test(number.key));
      used.add(reason);
      return !reason;
    });
    compared += one.compared;
    added += one.added.length;
    expected += one.lost.length - open.length;
    unexpected += open.length;
    const sums = `${one.compared} compared, ${open.length} lost, ${one.lost.length - open.length} lost as expected, ${one.added.length} new`;
    return [
      `${open.length > 0 ? "✗" : "✓"} ${one.document}: ${sums}`,
      ...open.slice(0, shown).map((number) => {
        const other = nearest(number, one);
        return `    ${told(number)}${other ? `, nearest ${told(other)}` : ""}`;
      }),
      ...(open.length > shown ? [`    … and ${open.length - shown} more`] : []),
    ];
  });
  const idle = expectations.filter((one) => !used.has(one)).map(({ line }) => `expected and not lost: ${line}`);
  const total = `${compared} numbers compared, ${unexpected} lost, ${expected} lost as expected, ${added} new`;
  return { text: [...lines, ...idle, total].join("\n"), unexpected };
};
