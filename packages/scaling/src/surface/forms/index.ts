import { registry } from "@isoflop/spec";
import type { SurfaceForm } from "../form.js";
import { corrected } from "./corrected.js";
import { crossed, crossedFloor } from "./crossed.js";
import { dataConstrained, dataConstrainedTied } from "./data-constrained.js";
import { farseer } from "./farseer.js";
import { joint } from "./joint.js";
import { jointMoe } from "./joint-moe.js";
import { kaplan } from "./kaplan.js";
import { chinchilla, noFloor, tied } from "./power-terms.js";

/** The forms of this package: a new one is one file and one line here. */
const own: readonly SurfaceForm[] = [
  chinchilla,
  tied,
  noFloor,
  kaplan,
  crossed,
  crossedFloor,
  farseer,
  joint,
  corrected,
  dataConstrained,
  dataConstrainedTied,
  jointMoe,
];

/** Every form of surface by name; one from outside joins by `surfaceForms.add`. */
export const surfaceForms = registry("form of surface", own);

/** Whether a form came from outside, so that no other thread has it. */
export const fromOutside = (name: string): boolean => own.every((form) => form.name !== name);

/**
 * `chinchilla` E + A/N^α + B/D^β · `tied` the same with α = β · `no-floor` without E · `kaplan` ((Nc/N)^(αN/αD) + Dc/D)^αD ·
 * `crossed` A/N^α + B N^c/D^(β0 + β1 ln N) · `crossed-floor` the same with E · `farseer` of nine parameters ·
 * `joint`, every isoFLOP curve at once: E + A (ND)^−α and a basin about a power of ND · `corrected` the same above a floor that is known, with a correction that dies out ·
 * `data-constrained` and, with α = β, `data-constrained-tied`, in which repeated tokens lose value · `joint-moe` for
 * mixtures of experts; or one that was added.
 */
export type SurfaceFormName =
  | "chinchilla"
  | "tied"
  | "no-floor"
  | "kaplan"
  | "crossed"
  | "crossed-floor"
  | "farseer"
  | "joint"
  | "corrected"
  | "data-constrained"
  | "data-constrained-tied"
  | "joint-moe"
  | (string & Record<never, never>);
