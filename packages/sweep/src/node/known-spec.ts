import { differences } from "@isoflop/spec";
import { idOf, type RunSpec, type RunSpecInput, runSpec } from "../spec.js";

/** The spec of a record, and why it can be read and not be run, where that is so. */
export interface KnownSpec {
  readonly spec: RunSpec;
  readonly frozen?: string;
}

const OLD =
  "it was made before runs were known by the content of their data; plan it again to go on, which begins anew under another id";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What `make` gives, or what it throws. */
const attempted = <T extends object>(make: () => T): T | { readonly refusal: string } => {
  try {
    return make();
  } catch (error) {
    return { refusal: messageOf(error) };
  }
};

/** Whether it could have an id at all. */
const isWhole = (written: unknown): written is RunSpec => {
  const { content, ...rest } = (written ?? {}) as { readonly content?: { readonly modules?: unknown } };
  return Array.isArray(content?.modules) && "data" in rest;
};

const isOld = (written: unknown): written is Omit<RunSpec, "content"> =>
  typeof written === "object" && written !== null && "model" in written && "data" in written && !("content" in written);

const unloaded = ({ content: { modules } }: RunSpec, why: string): string =>
  modules.length === 0
    ? why
    : `it takes parts of ${modules.map(({ path }) => path).join(", ")}: load ${modules.length === 1 ? "that module" : "those modules"} first (${why})`;

/**
 * The spec that stands in the record of the run `id`. A record whose hash is the id is whole, whatever parts from outside it names; one
 * that names some which are not known here, or that is older than ids by content, can be read and not be run.
 * @throws Error for a spec that is none, or one of another run
 */
export const knownSpec = (id: string, written: unknown): KnownSpec => {
  const checked = attempted(() => runSpec(written as RunSpecInput));
  const whole = isWhole(written) && attempted(() => ({ id: idOf(written) }));
  if (whole && "id" in whole && whole.id === id) {
    if ("refusal" in checked)
      return { spec: written as RunSpec, frozen: unloaded(written as RunSpec, checked.refusal) };
    if (idOf(checked) === id) return { spec: checked };
    const [changed] = differences(written, checked, "spec");
    return {
      spec: written as RunSpec,
      frozen: unloaded(written as RunSpec, `${changed} for the parts that are known here`),
    };
  }
  if (!("refusal" in checked)) {
    const owner = idOf(checked);
    if (owner !== id) throw new Error(`its spec belongs to ${owner}`);
    return { spec: checked };
  }
  if (isOld(written)) return { spec: { ...written, content: { data: "", modules: [] } } as RunSpec, frozen: OLD };
  throw new Error(checked.refusal);
};
