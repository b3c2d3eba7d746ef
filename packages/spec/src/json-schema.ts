import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** A schema as JSON Schema, draft 2020-12: editors complete and check a file with it. Checks that it has no words for are left out. */
export const jsonSchema = (schema: v.GenericSchema, title: string): Readonly<Record<string, unknown>> => ({
  ...toJsonSchema(schema, { typeMode: "input", errorMode: "ignore", target: "draft-2020-12" }),
  title,
});
