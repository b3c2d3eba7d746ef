import { patchSize, type ResolvedConfig } from "@isoflop/flops";
import { shown } from "./errors.js";

/** An array that a config asks for. */
export interface Expected {
  /** As it is spelled where it is looked for. */
  readonly name: string;
  /** The parameter that it holds, as we spell it. */
  readonly of: string;
  readonly shape: readonly number[];
}

/** One trouble of one named array, such as "blocks.0.attn.qkv.weight" that "is missing". */
export interface Misfit {
  readonly name: string;
  readonly trouble: string;
}

/** The config that has what is given, where one field says it. */
const otherwise = (config: ResolvedConfig, { of, shape: right }: Expected, given: readonly number[]): string => {
  const { context, outChannels } = config;
  const [rows, ...rest] = given;
  if (rows === undefined || rest.join() !== right.slice(1).join()) return "";
  const channels = rows / patchSize(config);
  if (/^(final_layer\.)?linear\./.test(of) && Number.isInteger(channels))
    return `; outChannels ${channels}${channels === 2 * outChannels ? ", a learned variance," : ""} has it`;
  if (of === "y_embedder.embedding_table.weight" && context.kind === "classes" && rows === context.classes)
    return '; nullLabel false, a table without "no label", has it';
  return "";
};

/** Every name that a config asks for and that is missing or of another shape, and every name that it does not know. */
export const misfits = (
  config: ResolvedConfig,
  expected: readonly Expected[],
  given: ReadonlyMap<string, readonly number[]>,
): readonly Misfit[] => {
  const known = new Set(expected.map(({ name }) => name));
  const wrong = expected.flatMap((each): Misfit[] => {
    const { name, shape } = each;
    const found = given.get(name);
    if (!found) return [{ name, trouble: `${shown(shape)} is missing` }];
    if (found.join() === shape.join()) return [];
    return [{ name, trouble: `is ${shown(found)}; this config has ${shown(shape)}${otherwise(config, each, found)}` }];
  });
  const unknown = [...given.keys()].filter((name) => !known.has(name));
  return [...wrong, ...unknown.map((name) => ({ name, trouble: "is no parameter of this config" }))];
};

/** More lines than these are counted, not shown: a file can hold any number of names. */
const mostLines = 60;

const block = /^(.*?blocks\.)(\d+)(\..*)$/;

const span = (indices: readonly number[]): string => {
  const [first, last] = [indices[0]!, indices.at(-1)!];
  if (first === last) return `${first}`;
  return last - first === indices.length - 1 ? `{${first}..${last}}` : `{${indices.join()}}`;
};

/** As lines of a message, the same trouble of several blocks in one: `"blocks.{1..27}.attn.qkv.weight" [48, 16] is missing`. */
export const linesOf = (all: readonly Misfit[]): readonly string[] => {
  const lines = new Map<string, { readonly name: (index: string) => string; readonly indices: Set<number> }>();
  for (const { name, trouble } of all) {
    const [, before, index, after] = block.exec(name) ?? [];
    const key = JSON.stringify(index === undefined ? [name, trouble] : [before, after, trouble]);
    const line = lines.get(key) ?? {
      name: (i: string) => `${JSON.stringify(index === undefined ? name : `${before}${i}${after}`)} ${trouble}`,
      indices: new Set<number>(),
    };
    lines.set(key, line);
    if (index !== undefined) line.indices.add(Number(index));
  }
  const text = [...lines.values()].map(({ name, indices }) => name(span([...indices].sort((a, b) => a - b))));
  return text.length > mostLines
    ? [...text.slice(0, mostLines), `and ${text.length - mostLines} more such lines`]
    : text;
};

/** All troubles as the end of a message: one on its line, several below each other. */
export const listed = (all: readonly Misfit[]): string => {
  const lines = linesOf(all);
  return lines.length === 1 ? `${lines[0]}.` : `${all.length} arrays do not fit this config:\n  ${lines.join("\n  ")}`;
};
