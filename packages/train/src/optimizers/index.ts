import { kinds } from "@isoflop/spec";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

/** Optimizers by name. One of this package is a file here and its place in the list; one from outside is an `add`. */
export const optimizers = kinds("optimizer", [adamw, adam, sgd, rmsprop]);
