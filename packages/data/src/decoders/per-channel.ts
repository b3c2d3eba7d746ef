import { number } from "@isoflop/spec";
import * as v from "valibot";

/** One number for all channels, or a list with one for each. */
export type PerChannel = number | readonly number[];

/** A {@link PerChannel} that is this number if not given. */
export const perChannel = (usual: number) =>
  v.optional(
    v.union([number(), v.array(number(), "a list of numbers")], "a finite number, or a list of one for each channel"),
    usual,
  );

/** One number for each of the channels. @throws RangeError naming the field unless there is one for each */
export const spread = (field: string, given: PerChannel, channels: number): readonly number[] => {
  if (typeof given === "number") return Array.from({ length: channels }, () => given);
  if (given.length === channels) return given;
  throw new RangeError(
    `${field} is a list of ${given.length}; it must be one number, or one for each of ${channels} channels`,
  );
};
