import { type Check, integer, number, oneOf, record, text } from "@isoflop/train";
import { SweepError } from "../errors.js";
import type { DataProvenance, RunFailure, RunRecord, RunResult } from "../result.js";
import { type RunSpecInput, runId, runSpec } from "../spec.js";

const finite = number(-Infinity, Infinity);
const amount = number(0, Infinity);
const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, path) =>
    value === null ? null : check(value, path);

const result = record<RunResult>({
  loss: finite,
  lossStdErr: amount,
  params: integer(0),
  paramsNonEmbedding: integer(0),
  samples: integer(0),
  tokens: integer(0),
  flops: amount,
  seconds: amount,
  device: text,
  data: record<DataProvenance>({ name: text, package: orNull(text), pixelsSha256: orNull(text) }),
});
const failure = record<RunFailure>({ code: text, message: text });
const state = oneOf(["unfinished", "done", "failed"]);

interface Content {
  readonly id?: unknown;
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
  switch (state(content.state, "state")) {
    case "unfinished":
      return { ...known, state: "unfinished" };
    case "done":
      return { ...known, state: "done", result: result(content.result, "result") };
    case "failed":
      return { ...known, state: "failed", failure: failure(content.failure, "failure") };
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
