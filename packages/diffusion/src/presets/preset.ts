import { record } from "@isoflop/spec";
import type * as v from "valibot";
import { check } from "../checks.js";
import type { Objective } from "../objective.js";
import { builtParts, type ObjectivePartsSpec, objectiveOf } from "../objective-spec.js";

/**
 * A published objective: a function that makes it, and a kind that records name, which builds its full record. A record by name so becomes the
 * record in full, and an objective has one hash however it was asked for.
 */
export const preset = <const N extends string, const E extends v.ObjectEntries>({
  name,
  about,
  options,
  parts,
}: {
  readonly name: N;
  readonly about: string;
  readonly options: E;
  readonly parts: (options: v.InferOutput<v.StrictObjectSchema<E, undefined>>) => ObjectivePartsSpec;
}) => {
  const schema = record(options);
  const make = (given: v.InferInput<v.StrictObjectSchema<E, undefined>> | Record<never, never> = {}): Objective =>
    objectiveOf(check(builtParts, parts(check(schema, given, name) as never), name));
  return Object.assign(Object.defineProperty(make, "name", { value: name }) as typeof make & { name: N }, {
    about,
    options,
    build: parts,
  });
};
