// The best size of every budget by the kernel distance, and how much runs of one size at one budget differ: node best.mjs > best.csv
import { readFileSync } from "node:fs";

const [head, ...lines] = readFileSync(new URL("runs.csv", import.meta.url), "utf8")
  .trim()
  .split("\n");
const names = head.split(",").map((name) => (name.includes("_standard_error") ? "" : name.replace(/\(.*/, "")));
const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i], Number(value)])));

const groups = (of, by) => [...new Set(of.map(by))].map((key) => of.filter((row) => by(row) === key));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const quantities = ["kid", "fd", "captionAccuracy", "loss"];

/** Of one size at one budget, over its seeds. */
const cells = groups(rows, ({ C, N }) => `${C}/${N}`);
const meanOf = (cell, name) => mean(cell.map((row) => row[name]));

console.log(`C,N,${quantities.join()},seeds`);
for (const budget of groups(cells, ([{ C }]) => C)) {
  const best = budget.reduce((least, cell) => (meanOf(cell, "kid") < meanOf(least, "kid") ? cell : least));
  const [{ C, N }] = best;
  console.log([C, N, ...quantities.map((name) => meanOf(best, name).toPrecision(4)), best.length].join());
}

/** Pooled standard deviation over seeds, of logarithms but for the share. */
const replicated = cells.filter((cell) => cell.length > 1);
const freedom = replicated.reduce((sum, cell) => sum + cell.length - 1, 0);
for (const name of quantities) {
  const scale = name === "captionAccuracy" ? (value) => value : Math.log;
  const squares = replicated.flatMap((cell) => {
    const values = cell.map((row) => scale(row[name]));
    return values.map((value) => (value - mean(values)) ** 2);
  });
  console.error(name, Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / freedom).toPrecision(3));
}
