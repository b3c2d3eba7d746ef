import { type Context, labelRows } from "@isoflop/flops";
import type { Device, Tensor } from "@isoflop/tensor";
import { must } from "./errors.js";

/** A label, the ids of a caption's words, or null for neither. */
export type ToldSample = number | ArrayLike<number> | null;

/** What a table is called in a message, and its rows. */
interface Table {
  readonly rows: number;
  readonly told: string;
}

/** A value in a message. */
const valueText = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? `[${Array.from(value as ArrayLike<unknown>)}]` : `${value}`;
};

const checkId = (id: unknown, at: string, { rows, told }: Table): number => {
  const holds = typeof id === "number" && Number.isInteger(id) && id >= 0 && id < rows;
  must(holds, "shape", `${at} is ${valueText(id)}; ${told}.`);
  return id;
};

const labelsOf = (context: Extract<Context, { kind: "classes" }>, told: readonly ToldSample[]): Int32Array => {
  const rows = labelRows(context);
  const nothing = rows > context.classes;
  const last = nothing ? `, of which ${context.classes} is "no label"` : "";
  const table = { rows, told: `the label table has ${rows} rows, 0 to ${rows - 1}${last}` };
  return Int32Array.from(told, (one, i) => {
    const at = `condition[${i}]`;
    must(one !== null || nothing, "shape", `${at} is null; ${table.told}, and none for "no label".`);
    return one === null ? context.classes : checkId(one, at, table);
  });
};

const wordsOf = (
  { tokens, vocabulary }: Extract<Context, { kind: "words" }>,
  told: readonly ToldSample[],
): Int32Array => {
  const table = { rows: vocabulary, told: `the vocabulary has ${vocabulary} words, 0 to ${vocabulary - 1}` };
  const ids = new Int32Array(told.length * tokens);
  for (const [i, words] of told.entries()) {
    if (words === null) continue;
    const at = `condition[${i}]`;
    const isList = typeof words === "object" && Number.isInteger(words.length);
    must(isList, "shape", `${at} is ${valueText(words)}; context "words" takes a list of word ids for each sample.`);
    must(words.length <= tokens, "shape", `${at} has ${words.length} words; context "words" takes at most ${tokens}.`);
    for (let j = 0; j < words.length; j++) ids[i * tokens + j] = checkId(words[j], `${at}[${j}]`, table);
  }
  return ids;
};

/**
 * The condition of a batch from plain numbers, while they are still to be seen: a kernel that looks up a row outside its table can only give NaN.
 * @param told a label for each sample where the context is of classes, a list of word ids where it is of words, shorter ones being filled with word 0;
 * null for "no label" and for the empty caption
 * @returns i32 [n] for classes, i32 [n, tokens] for words; the caller disposes it
 * @throws DitError("shape") naming an id outside its table, the table's size and where the id is; a caption of too many words; a context of neither
 */
export const conditionFrom = (context: Context, told: readonly ToldSample[], device: Device): Tensor => {
  const numbered = context.kind === "classes" || context.kind === "words";
  must(numbered, "shape", `conditionFrom: context "${context.kind}" is told no numbers; labels and words are.`);
  must(
    Array.isArray(told) && told.length > 0,
    "shape",
    `condition is ${valueText(told)}; it takes one for each sample.`,
  );
  if (context.kind === "classes") return device.tensor(labelsOf(context, told), [told.length]) as Tensor;
  return device.tensor(wordsOf(context, told), [told.length, context.tokens]) as Tensor;
};
