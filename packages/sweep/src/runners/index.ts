import { kinds, type SpecIn } from "@isoflop/spec";
import { trainFunction } from "./train.js";

/** Train functions by name. One from outside is an `add`: its runs have the same store, queue, fits and report. */
export const runners = kinds("runner", [trainFunction]);

/** The record of a train function. */
export type RunnerSpec = SpecIn<typeof runners>;
