import { number, read, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { SweepError } from "../errors.js";
import { computeConvention, placeOf } from "../place.js";
import type { RunRecord } from "../result.js";
import { knownSpec } from "./known-spec.js";

const amount = number({ atLeast: 0 });
const textOrNull = v.union([text, v.null()], "a text or null");

const result = record({
  loss: number(),
  lossStdErr: amount,
  // Other train functions, and results of before there were bins, do not say it.
  lossBins: v.exactOptional(
    v.array(record({ from: number(), to: number(), mean: number(), stdErr: amount }), "a list of parts of the clock"),
  ),
  params: whole(),
  paramsNonEmbedding: whole(),
  samples: whole(),
  tokens: whole(),
  flops: amount,
  convention: v.optional(text),
  seconds: amount,
  device: text,
  // Results of before there were fingerprints do not say it.
  data: record({
    name: text,
    package: textOrNull,
    pixelsSha256: textOrNull,
    content: v.optional(v.string("a text"), ""),
  }),
});
const failure = record({ code: text, message: text });

const outcome = v.variant(
  "state",
  [
    v.object({ state: v.literal("unfinished") }),
    v.object({ state: v.literal("done"), result }, "a record"),
    v.object({ state: v.literal("failed"), failure }, "a record"),
  ],
  'one of "unfinished", "done", "failed"',
);

const checked = (id: string, text: string): RunRecord => {
  const content = JSON.parse(text) as { readonly spec: unknown } | null;
  if (typeof content !== "object" || content === null) throw new Error("it holds no record");
  const known = { id, ...knownSpec(id, content.spec) };
  const found = read(outcome, content, { name: "", error: (message) => new Error(message) });
  if (found.state !== "done") return { ...known, ...found };
  const { convention, ...result } = found.result;
  if (convention !== undefined) return { ...known, state: "done", result: { ...result, convention } };
  // Such a result counts by another convention; what a run spends follows from its spec.
  const { flops } = placeOf(known.spec);
  return { ...known, state: "done", result: { ...result, flops, convention: computeConvention.name } };
};

/** The text of a `run.json`. @throws SweepError `record` for what no reader would take, such as a loss that is NaN: a record that cannot be read is a lost run */
export const recordText = (record: RunRecord): string => {
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  try {
    checked(record.id, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SweepError("record", `run ${record.id} was not recorded: ${why}`, { cause: error });
  }
  return text;
};

/** What the text of a `run.json` says of the run `id`. @throws SweepError `record` if it is not whole, or of another run */
export const parseRecord = (file: string, id: string, text: string): RunRecord => {
  try {
    return checked(id, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SweepError("record", `${file} is no record of run ${id}: ${why}. Remove the folder to do the run again`, {
      cause: error,
    });
  }
};

/** The same without the file's name. @throws Error saying what is wrong with it */
export const checkedRecord = checked;
