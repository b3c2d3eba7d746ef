import type { MeasuredFloor } from "@isoflop/scaling";
import { type Command, InvalidArgumentError } from "commander";
import { number } from "./values.js";

/** `0.0194,0.0008`: a measured lower bound of the loss, and its standard error (default 0). */
export const measuredFloor = (text: string): MeasuredFloor => {
  const [value, standardError = 0, ...more] = text.split(",").map(number);
  if (value === undefined || more.length > 0 || !(value >= 0) || !(standardError >= 0))
    throw new InvalidArgumentError("Expected a loss of at least 0, and its standard error after a comma.");
  return { value, standardError };
};

export const floorOption = (command: Command): Command =>
  command.option(
    "--floor <loss,error>",
    "a measured lower bound of the loss with its standard error: no floor is sought below it",
    measuredFloor,
  );
