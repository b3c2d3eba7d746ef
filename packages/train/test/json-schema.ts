type Schema = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is one of a JSON Schema (draft 2020-12), by the words that specs need. */
export const fits = (value: unknown, schema: Schema, root: Schema = schema): boolean => {
  const inner = (word: string): readonly Schema[] => (schema[word] as readonly Schema[] | undefined) ?? [];
  const bound = (word: string): number | undefined => schema[word] as number | undefined;
  if (typeof schema.$ref === "string") {
    const at = schema.$ref.split("/").slice(1);
    const found = at.reduce<unknown>((place, key) => (place as Schema)[key], root);
    if (!fits(value, found as Schema, root)) return false;
  }
  if (schema.anyOf && !inner("anyOf").some((each) => fits(value, each, root))) return false;
  if (schema.not && fits(value, schema.not as Schema, root)) return false;
  if ("const" in schema && schema.const !== value) return false;
  if (schema.enum && !(schema.enum as readonly unknown[]).includes(value)) return false;
  if (typeof value === "number") {
    if (schema.type !== undefined && schema.type !== "number" && !(schema.type === "integer" && value % 1 === 0))
      return false;
    const within = value >= (bound("minimum") ?? value) && value <= (bound("maximum") ?? value);
    const inside = value > (bound("exclusiveMinimum") ?? -Infinity) && value < (bound("exclusiveMaximum") ?? Infinity);
    return within && inside && (schema.multipleOf === undefined || value % Number(schema.multipleOf) === 0);
  }
  if (Array.isArray(value)) {
    const { items } = schema as { readonly items?: Schema };
    const long = value.length >= (bound("minItems") ?? 0);
    return schema.type === "array" && long && value.every((item) => !items || fits(item, items, root));
  }
  if (!isRecord(value)) return schema.type === undefined || schema.type === typeof value;
  if (schema.type !== undefined && schema.type !== "object") return false;
  const fields = (schema.properties as Readonly<Record<string, Schema>> | undefined) ?? {};
  if ((schema.required as readonly string[] | undefined)?.some((name) => !(name in value))) return false;
  return Object.entries(value).every(([name, item]) =>
    fields[name] ? fits(item, fields[name], root) : schema.additionalProperties !== false,
  );
};

/** What a schema refers to. */
const referred = (schema: Schema, root: Schema): Schema => {
  if (typeof schema.$ref !== "string") return schema;
  const at = schema.$ref.split("/").slice(1);
  return at.reduce<unknown>((place, key) => (place as Schema)[key], root) as Schema;
};

/** The fields of a record; of one that may be written otherwise too, and is an empty record unless told, those of the record. */
const fieldsOf = (schema: Schema, root: Schema): Readonly<Record<string, Schema>> => {
  const { default: unsaid } = schema;
  const empty = isRecord(unsaid) && Object.keys(unsaid).length === 0;
  const [first] = (empty ? (referred(schema, root).anyOf ?? []) : []) as readonly Schema[];
  return (schema.properties ?? first?.properties ?? {}) as Readonly<Record<string, Schema>>;
};

/** The value that a schema fills in for a field, at any depth: of a field that may be left out, where it has a default itself. */
export const defaultsOf = (schema: Schema, root: Schema = schema): Schema =>
  Object.fromEntries(
    Object.entries(fieldsOf(schema, root)).flatMap(([name, field]) => {
      const required = (schema.required as readonly string[] | undefined)?.includes(name);
      const within = required || "default" in field ? defaultsOf(field, root) : {};
      if (Object.keys(within).length > 0) return [[name, within]];
      return "default" in field ? [[name, field.default]] : [];
    }),
  );
