import { registry } from "@isoflop/spec";
import type { SurfaceForm } from "../form.js";
import { kaplan } from "./kaplan.js";
import { chinchilla, noFloor, tied } from "./power-terms.js";

/** Every form of surface by name. A new form is one file and one line here; one from outside joins by `surfaceForms.add`. */
export const surfaceForms = registry<SurfaceForm>("form of surface", [chinchilla, tied, noFloor, kaplan]);

/** `chinchilla` E + A/N^α + B/D^β · `tied` the same with α = β · `no-floor` without E · `kaplan` ((Nc/N)^(αN/αD) + Dc/D)^αD; or one that was added. */
export type SurfaceFormName = "chinchilla" | "tied" | "no-floor" | "kaplan" | (string & Record<never, never>);
