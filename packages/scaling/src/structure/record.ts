import { choice, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";

const { anyNumber, spread } = fields;

const named = record({
  /** The logarithm that the residuals follow; N·D for an interaction. */
  along: choice(["N", "D", "C", "D/N", "N·D"]),
  /** Linear in that logarithm, its square beside a line, or ln N times ln D beside both. */
  shape: choice(["trend", "curvature", "interaction"]),
  /** Student's t: above 0 where what is measured lies above the fit at large values (for a curvature: at both ends). */
  statistic: anyNumber,
  /** Share of the squared residuals that a plot against the logarithm shows as this shape. */
  explained: spread,
  /** Chance that any of the named directions shows as much if the form is right. */
  pValue: spread,
});

/** One way in which residuals follow size, tokens or compute. */
export interface StructureDirection extends fields.Read<typeof named> {}

export const structureSchema = record({
  ok: fields.ok,
  /** Smaller of the two tests' p-values, times two: the chance of an alarm if the form is right. */
  pValue: spread,
  /** What is wrong, in words; absent where `pValue` is not below the level. */
  warning: v.exactOptional(text),
  level: fields.notNegative,
  /** F test of the quadratic in ln N and ln D beside the form. */
  quadratic: record({ statistic: spread, degreesOfFreedom: fields.pairOf(spread), pValue: spread }),
  /** Test of runs of equal sign along compute, within a budget along size. */
  signs: record({ runs: whole(), expected: spread, pValue: spread }),
  directions: fields.list(named),
  /** Root mean square of what the quadratic explains, in ln L. */
  size: spread,
  /** Share of the squared residuals that it explains. */
  explained: spread,
  /** The yardstick: scatter of repeated runs, or the residuals themselves with random signs. */
  from: choice(["replicates", "residuals"]),
  points: whole(),
  draws: whole({ atLeast: 1 }),
  seed: fields.finite,
});

/** Whether the residuals of a surface fit follow size, tokens or compute, which noise would not. */
export interface ResidualStructure extends fields.Read<typeof structureSchema> {}
