import { choice, number, read, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { SweepError } from "../errors.js";
import { computeConvention, placeOf } from "../place.js";
import type { RunRecord, RunResult } from "../result.js";
import { type RunSpec, type RunSpecInput, runId, runSpec } from "../spec.js";

const amount = number({ atLeast: 0 });

const result = record({
  params: whole(),
  paramsNonEmbedding: whole(),
  samples: whole(),
  tokens: whole(),
  flops: amount,
  convention: v.optional(text),
  loss: number(),
  lossStdErr: amount,
  seconds: amount,
  device: text,
  data: record({ name: text, package: v.nullable(text), pixelsSha256: v.nullable(text) }),
});
const failure = record({ code: text, message: text });
const state = choice(["unfinished", "done", "failed"]);

const of = <S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> =>
  read(schema, value, { name, error: (message) => new Error(message) });

/** A result that names no convention counts its FLOPs by another one; they follow from the spec, and are given by that of this version. */
const resultOf = (spec: RunSpec, content: unknown): RunResult => {
  const { convention, ...found } = of(result, content, "result");
  if (convention !== undefined) return { ...found, convention };
  return { ...found, flops: placeOf(spec).flops, convention: computeConvention.name };
};

/** Of a file that may hold anything. */
interface Content {
  readonly spec: RunSpecInput;
  readonly state?: unknown;
  readonly result?: unknown;
  readonly failure?: unknown;
}

const checked = (id: string, text: string): RunRecord => {
  const content = JSON.parse(text) as Content;
  if (typeof content !== "object" || content === null) throw new Error("it holds no record");
  const spec = runSpec(content.spec);
  const owner = runId(spec);
  if (owner !== id) throw new Error(`its spec belongs to ${owner}`);
  const known = { id, spec };
  switch (of(state, content.state, "state")) {
    case "unfinished":
      return { ...known, state: "unfinished" };
    case "done":
      return { ...known, state: "done", result: resultOf(spec, content.result) };
    case "failed":
      return { ...known, state: "failed", failure: of(failure, content.failure, "failure") };
  }
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
