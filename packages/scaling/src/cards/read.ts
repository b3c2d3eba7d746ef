import { read } from "@isoflop/spec";
import * as v from "valibot";
import { ScalingError } from "../errors.js";
import { named } from "../records/fields.js";
import { cardSchema, type LawCard } from "./schema.js";

const error = (message: string) => new ScalingError("bad-format", message);

/**
 * Reads a law card: the text of {@link writeRecord}, or what `JSON.parse` made of it.
 * @param name of it in messages, before the fields
 * @throws ScalingError `bad-format` naming the first field that is not what it must be
 */
export const readLawCard = (value: unknown, name = "card"): LawCard => {
  const document = typeof value === "string" ? parsed(value, name) : value;
  read(named("record", v.literal("card", '"card"')), document, { name, error });
  return read(cardSchema, document, { name, error });
};

const parsed = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw error(`${name || "it"} is not JSON: ${(cause as Error).message}`);
  }
};
