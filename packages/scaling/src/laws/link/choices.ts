import { number } from "@isoflop/spec";
import * as v from "valibot";

/** A level of the metric that is given. */
export const share = (about: string) => v.pipe(number(), v.description(about));
