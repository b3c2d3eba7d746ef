import { type DitConfig, parameters } from "@isoflop/flops";
import { DitError } from "./errors.js";

/** Deeper than any model that was trained; every block has a record of its own. */
const mostBlocks = 4096;
/** Four tebibytes in f32. */
const mostNumbers = 2 ** 40;
/** Phases of sines are right to 1e-6 up to this. */
const largestTime = 4096;

const count = (n: number): string => n.toLocaleString("en-US");

/**
 * Refuses what could be counted but not built, before anything is made of it.
 * @throws FlopsError("config"), DitError("config") with the parameter count
 */
export const checkBuildable = (config: DitConfig): void => {
  const { trainable, all } = parameters(config);
  const { depth, timeScale = 1 } = config;
  const tables = all > trainable ? ` and position tables of ${count(all - trainable)} numbers` : "";
  if (depth > mostBlocks || all > mostNumbers)
    throw new DitError(
      "config",
      `A model of ${count(trainable)} parameters in ${count(depth)} blocks (depth)${tables} is not built: at most ${count(mostBlocks)} blocks and ${count(mostNumbers)} numbers are. @isoflop/flops counts any.`,
    );
  if (timeScale > largestTime)
    throw new DitError("config", `timeScale is ${timeScale}; sines of time are right up to ${largestTime}.`);
};
