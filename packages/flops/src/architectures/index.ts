import { registry } from "@isoflop/spec";
import { adaLN, adaLNZero } from "./ada-ln.js";
import { adaLNSingle } from "./ada-ln-single.js";
import type { Architecture } from "./architecture.js";
import { crossAttention } from "./cross-attention.js";
import { inContext } from "./in-context.js";
import { mmDit } from "./mm-dit.js";

const ours = [inContext, crossAttention, adaLN, adaLNZero, adaLNSingle, mmDit] as const;

/** The conditionings of this package, whose names and parameters the compiler knows. */
export type KnownConditioning = (typeof ours)[number]["name"];

/** Every {@link KnownConditioning}. */
export const conditionings: readonly KnownConditioning[] = ours.map(({ name }) => name);

/** Every architecture by the name of its conditioning. One of this package is a file here and its place in the list; one from outside is an `add`. */
export const architectures = registry<Architecture>("conditioning", ours);
