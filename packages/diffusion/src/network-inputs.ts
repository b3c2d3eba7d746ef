import { kinds } from "@isoflop/spec";
import { ddpmInputs } from "./inputs/ddpm.js";
import { edmInputs } from "./inputs/edm.js";
import { plainInputs } from "./inputs/plain.js";

/** What networks are given, by name. */
export const networkInputs = kinds("network inputs", [plainInputs, edmInputs, ddpmInputs]);
