import { jsonSchema } from "@isoflop/spec";
import { studyPositions } from "./positions.js";
import { studySchema } from "./schema.js";

type Schema = Readonly<Record<string, unknown>>;

/** A part of one's own, whose options its module knows. */
const ownPart: Schema = { type: "object", properties: { module: { type: "string" } }, required: ["module"] };

/** What a reference within a schema stands for. */
const referred = (root: Schema, reference: string): Schema =>
  reference
    .split("/")
    .slice(1)
    .reduce<unknown>((place, key) => (place as Schema)[key], root) as Schema;

/** The schema with a part of one's own beside what may stand at the end of a path. */
const withOwnPart = (schema: Schema, [key, ...rest]: readonly string[], root: Schema): Schema => {
  if (key === undefined) {
    const { default: usual, ...known } = schema;
    return { anyOf: [known, ownPart], ...(usual !== undefined && { default: usual }) };
  }
  const { $ref, ...beside } = schema as { readonly $ref?: string };
  // What is referred to stands elsewhere too, where no part of one's own may.
  if ($ref !== undefined) return withOwnPart({ ...referred(root, $ref), ...beside }, [key, ...rest], root);
  const { anyOf, properties } = schema as { readonly anyOf?: readonly Schema[]; readonly properties?: Schema };
  if (anyOf) return { ...schema, anyOf: anyOf.map((one) => withOwnPart(one, [key, ...rest], root)) };
  const field = properties?.[key];
  if (!field) return schema;
  return { ...schema, properties: { ...properties, [key]: withOwnPart(field as Schema, rest, root) } };
};

/** JSON Schema of a study file, with which editors complete and check it. */
export const studyJsonSchema = (): Readonly<Record<string, unknown>> =>
  studyPositions.reduce((schema, { path }) => withOwnPart(schema, path, schema), jsonSchema(studySchema, "Study"));
