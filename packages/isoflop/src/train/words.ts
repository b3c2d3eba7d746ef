import type { RunMeasurement } from "@isoflop/sweep";
import { num } from "../words/numbers.js";

const estimate = ({ value, stdErr }: Pick<RunMeasurement, "value" | "stdErr">): string =>
  `${num(value)}${stdErr === undefined ? "" : ` ± ${num(stdErr, 2)}`}`;

/** "validation(split=validation-emoji images=1024) 0.512 ± 0.004 of 1024", its parts after a colon, and what one should know of it. */
export const measuredWords = ({ name, count, parts = {}, remarks = [], ...own }: RunMeasurement): readonly string[] => {
  const named = Object.entries(parts).map(([part, found]) => `${part} ${estimate(found)}`);
  const told = named.length > 0 ? `: ${named.join(", ")}` : "";
  return [`${name} ${estimate(own)} of ${count}${told}`, ...remarks.map((remark) => `  ${remark}`)];
};
