export { estimateCells, interval, num, percent, plural, round, signedPercent } from "./numbers.js";
export { type Passage, passagesOf, table, type Words } from "./passage.js";
export { textOf } from "./text.js";
