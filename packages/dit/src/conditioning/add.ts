import { type Architecture, architectures } from "@isoflop/flops";
import { RegistryError } from "@isoflop/spec";
import { type ParamsFromOutside, trunks } from "./index.js";
import type { Trunk } from "./trunk.js";

/** How time and context reach the blocks, from outside: as it is counted, and as it is built. */
export interface ConditioningParts<P = ParamsFromOutside> {
  /** Every layer, for `@isoflop/flops`. */
  readonly architecture: Omit<Architecture, "name">;
  /** Parameters and forward pass. */
  readonly trunk: Omit<Trunk<P>, "name">;
}

/** A conditioning from outside under the name by which a config asks for it. */
export interface NamedConditioning<P = ParamsFromOutside> extends ConditioningParts<P> {
  readonly name: string;
}

/** A conditioning of parameters P. */
export const defineConditioning = <P>(parts: NamedConditioning<P>): NamedConditioning<P> => parts;

/** What was added, to tell it from another of its name. */
const added = new Map<string, unknown>();

/**
 * Makes a conditioning from outside known to every config, count and model.
 * @throws RegistryError for a name that is taken by another
 */
export const addConditioning = <P>(conditioning: NamedConditioning<P>): void => {
  const { name, architecture, trunk } = conditioning;
  if (added.get(name) === conditioning) return;
  if (architectures.has(name) || trunks.has(name))
    throw new RegistryError(`there is a conditioning "${name}" already; give yours a name of its own`);
  architectures.add({ ...architecture, name });
  trunks.add({ ...trunk, name } as Trunk<unknown> as Trunk<ParamsFromOutside>);
  added.set(name, conditioning);
};
