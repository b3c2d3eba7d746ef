export {
  attempt,
  type Bounds,
  choice,
  nameIn,
  number,
  only,
  positive,
  type RecordSchema,
  record,
  text,
  whole,
} from "./fields.js";
export { canonicalJson, differences, digest } from "./json.js";
export { jsonSchema } from "./json-schema.js";
export {
  type BuiltBy,
  type Kind,
  type KindSpec,
  type Kinds,
  kind,
  kinds,
  nameOrRecord,
  recordOrName,
  type SpecIn,
  type SpecInputOf,
  type SpecOf,
} from "./kind.js";
export { didYouMean, nearest } from "./nearest.js";
export { type Reading, read, shown } from "./read.js";
export { type Named, type Registry, RegistryError, registry } from "./registry.js";
