import type { Conditioning, DitConfig, ResolvedConfig } from "@isoflop/flops";
import type { Device } from "@isoflop/tensor";
import { isFloat32, type NamedArray } from "./buffers.js";
import { type Chosen, chooseSet } from "./choose-set.js";
import { trunkOf } from "./conditioning/index.js";
import type { Dit } from "./dit.js";
import { must, place, shown } from "./errors.js";
import type { Stored, StoredParameter, StoredTable } from "./layouts/layout.js";
import { type Expected, listed, type Misfit, misfits } from "./misfits.js";
import { buildParams, type DitParams, resolveAs, specsOf } from "./network.js";
import { gatherRows, shapeOf } from "./rows.js";
import { type NamedSpecs, namedSpecs } from "./spec.js";
import { tableTrouble } from "./table-trouble.js";
import type { WeightChoice } from "./weight-sets.js";

type Arrays = ReadonlyMap<string, NamedArray>;

/** An entry that is no array at all has no shape, which fits nowhere. */
const readable = (array: NamedArray | null | undefined): NamedArray => ({
  shape: Array.isArray(array?.shape) ? array.shape : [],
  data: array?.data as Float32Array,
});

/** What makes an array of the right shape unusable as weights; undefined if nothing does. */
const contentTrouble = ({ shape, data }: NamedArray): string | undefined => {
  if (!isFloat32(data)) return "has data that are no Float32Array";
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size) return `is ${shown(shape)} of ${size} numbers, with data of ${data.length}`;
  // A plain loop: this passes over every weight of a model. NaN and the infinities alone differ from themselves by more than 0.
  for (let i = 0; i < size; i++)
    if (data[i]! - data[i]! !== 0) return `holds ${data[i]} at ${place(shape, i)}, the first that is not finite`;
  return undefined;
};

/** Whether a name stands behind one of some prefixes that are longer than `length`. */
const isBehind = (name: string, length: number, prefixes: ReadonlySet<string>): boolean => {
  for (let dot = name.indexOf(".", length); dot >= 0; dot = name.indexOf(".", dot + 1))
    if (prefixes.has(name.slice(0, dot + 1))) return true;
  return false;
};

/** What a set of names holds, the prefix taken off, without what serves other purposes. */
const arraysOf = (
  arrays: Readonly<Record<string, NamedArray>>,
  { layout, prefix, others }: Chosen,
  config: DitConfig,
  passedOver: readonly string[],
): Map<string, NamedArray> => {
  const own = Object.entries(arrays).flatMap(([name, array]): [string, NamedArray][] => {
    const short = name.slice(prefix.length);
    const another = !name.startsWith(prefix) || isBehind(name, prefix.length, others);
    return another || passedOver.includes(short) || layout.passedOver?.test(short) ? [] : [[short, readable(array)]];
  });
  return new Map(layout.canonical?.(new Map(own), config) ?? own);
};

/** What a config asks for under a layout's names, and the tables that it decides. */
interface Plan {
  readonly parameters: readonly (StoredParameter & Expected)[];
  readonly tables: readonly StoredTable[];
  readonly data: readonly string[];
}

const planOf = (stored: readonly Stored[], named: NamedSpecs): Plan => {
  const shapes = new Map(named.map(([name, { shape }]) => [name, shape]));
  return {
    parameters: stored.flatMap((each) =>
      "of" in each ? [{ ...each, shape: shapeOf(shapes.get(each.of)!, each.rows) }] : [],
    ),
    tables: stored.flatMap((each) => ("values" in each ? [each] : [])),
    data: stored.flatMap((each) => ("data" in each ? [each.name] : [])),
  };
};

/** Arrays that hold the same part of a parameter must be equal: a model that has trained them apart is another architecture. */
const copyTroubles = (parameters: Plan["parameters"], given: Arrays, prefix: string): readonly Misfit[] => {
  const firsts = new Map<string, string>();
  return parameters.flatMap(({ name, of, rows, shape }): Misfit[] => {
    const key = JSON.stringify([of, rows]);
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, name);
      return [];
    }
    const [one, other] = [given.get(first)!.data, given.get(name)!.data];
    const at = other.findIndex((value, i) => value !== one[i]);
    const same = `the model has one for both`;
    if (at < 0) return [];
    return [{ name, trouble: `differs from ${JSON.stringify(prefix + first)} at ${place(shape, at)}; ${same}` }];
  });
};

/** Everything that makes arrays unfit for a config. */
const troubles = (config: ResolvedConfig, plan: Plan, given: Arrays, prefix: string): readonly Misfit[] => {
  const { parameters, tables } = plan;
  const required = tables.filter(({ positions }) => !positions).map((each) => ({ ...each, of: each.name }));
  const optional = new Set(tables.filter(({ positions }) => positions).map(({ name }) => name));
  const shapes = [...given].flatMap(([name, { shape }]) => (optional.has(name) ? [] : [[name, shape] as const]));
  const wrong = misfits(config, [...parameters, ...required], new Map(shapes));
  const ill = new Set(wrong.map(({ name }) => name));
  const of = (name: string, trouble: string | undefined): Misfit[] => (trouble ? [{ name, trouble }] : []);
  const contents = [...given].flatMap(([name, array]) =>
    ill.has(name) || optional.has(name) ? [] : of(name, contentTrouble(array)),
  );
  const stored = tables.flatMap((table) => {
    const array = ill.has(table.name) ? undefined : given.get(table.name);
    return array ? of(table.name, contentTrouble(array) ?? tableTrouble(table, array)) : [];
  });
  const all = [...wrong, ...contents, ...stored];
  return all.length > 0 ? all : copyTroubles(parameters, given, prefix);
};

/**
 * The parameters of a model from arrays by name, in any of `weightLayouts`, which is recognised by the names, as a prefix of all of them is.
 * A file with several sets of names is refused unless the choice leaves one; names behind other prefixes are not looked at. A stored table
 * that the config decides, such as a sine-cosine `pos_embed`, is held to the computed one, within the rounding of F16 or BF16 where all of it
 * lies in that format. PixArt's stored null caption, `y_embedder.y_embedding`, is passed over: it is data for `condition`, not a parameter.
 *
 * @throws RegistryError for a layout that there is not; DitError("weights") with every name that is missing, unknown, of another shape or not
 *   finite, how a table differs, and copies that do; or with the sets that are there; or with what the layout does not hold
 */
export const paramsFrom = <K extends Conditioning>(
  model: Dit<K>,
  arrays: Readonly<Record<string, NamedArray>>,
  device: Device,
  choice: WeightChoice = {},
): DitParams<K> => {
  const config = resolveAs(model.config);
  const named = namedSpecs(specsOf(config));
  const chosen = chooseSet(new Set(Object.keys(arrays)), model.config, named, choice);
  const { layout, prefix } = chosen;
  const plan = planOf(layout.arrays(model.config, named), named);
  const passedOver = [...plan.data, ...(trunkOf(config.conditioning).passedOver ?? [])];
  const given = arraysOf(arrays, chosen, model.config, passedOver);
  const wrong = troubles(config, plan, given, prefix).map((each) => ({ ...each, name: prefix + each.name }));
  must(wrong.length === 0, "weights", `weights: ${listed(wrong)}`);
  const parts = new Map<string, StoredParameter[]>(named.map(([name]) => [name, []]));
  for (const each of plan.parameters) parts.get(each.of)!.push(each);
  return buildParams(config, ({ shape, size }, name) =>
    device.tensor(
      gatherRows(parts.get(name)!, size, (stored) => given.get(stored)!.data),
      shape,
    ),
  );
};
