import type { RunMeasurement } from "@isoflop/sweep";
import { num } from "../words/numbers.js";

/** "validation(split=validation-emoji images=1024) 0.512 ± 0.004 of 1024". */
export const measuredWords = ({ name, value, stdErr, count }: RunMeasurement): string =>
  `${name} ${num(value)}${stdErr === undefined ? "" : ` ± ${num(stdErr, 2)}`} of ${count}`;
