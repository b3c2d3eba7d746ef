import { positive, record, whole } from "@isoflop/spec";
import * as fields from "../records/fields.js";

export const rehearsalSchema = record({
  /** The largest budget whose runs were fitted, and how many runs that were. */
  upTo: positive,
  points: whole({ atLeast: 1 }),
  /** The budget that was foreseen, and how many times the largest fitted one it is. */
  C: positive,
  distance: positive,
  /** Mean half width of the 95 % intervals, of ln L. */
  halfWidth: fields.spread,
  runs: fields.list(
    record({
      N: positive,
      /** ln L − ln L̂: positive where the run is worse than was foreseen. */
      error: fields.finite,
      /** The error in units of the interval: ±1.96 is its end on that side. */
      z: fields.finite,
    }),
  ),
});

/**
 * What would have been said of a larger budget when only the smaller ones were there, against what its runs came to. Rehearsals share runs: the errors of
 * one fit go together, and those of neighbouring fits nearly so, so that ten of them are not ten tests.
 */
export interface Rehearsal extends fields.Read<typeof rehearsalSchema> {}
