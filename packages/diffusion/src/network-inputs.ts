import { type Kinds, kinds } from "@isoflop/spec";
import { carriedInputsKind } from "./inputs/carried.js";
import { ddpmInputs } from "./inputs/ddpm.js";
import { edmInputs } from "./inputs/edm.js";
import { plainInputs } from "./inputs/plain.js";
import { veInputs } from "./inputs/ve.js";
import type { NetworkInputs } from "./inputs.js";

const carried = carriedInputsKind((): Kinds<NetworkInputs> => networkInputs);

/** What networks are given, by name. */
export const networkInputs = kinds("network inputs", [plainInputs, edmInputs, ddpmInputs, veInputs, carried]);
