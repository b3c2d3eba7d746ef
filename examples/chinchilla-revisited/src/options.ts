import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ReferenceName, referenceNames } from "./reference.js";
import type { Source } from "./runs.js";

export const usage = `Four ways to fit one table of runs, with intervals, in one report.

  --input FILE        table of runs (default: the synthetic runs that come with this example)
  --C, --N, --loss COLUMN   its columns (default "Training FLOP", "Model Size", "loss")
  --drop N            runs of highest loss that are left out (default 5)
  --resamples N       of every bootstrap (default 400)
  --target FLOPs      where N* and D* are asked for (default 5.76e23, the compute of Chinchilla)
  --reference truth|besiroglu|none   what to compare with (default truth, and with --input besiroglu)
  --report FILE       where the page goes (default runs/chinchilla-revisited/report.html)
  --json              print every digit as JSON, and no tables
  --help`;

/** A command line that asks for something there is not. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

export interface Options extends Source {
  readonly resamples: number;
  readonly target: number;
  readonly reference: ReferenceName;
  readonly report: string;
  readonly json: boolean;
  readonly help: boolean;
}

const synthetic = fileURLToPath(new URL("../synthetic.csv", import.meta.url));

/** @throws OptionError that says what would be right. */
export const readOptions = (argv: readonly string[]): Options => {
  const values = parsed(argv);
  return {
    input: values.input ?? synthetic,
    columns: { C: values.C, N: values.N, loss: values.loss },
    drop: whole("drop", values.drop, 0),
    resamples: whole("resamples", values.resamples, 20),
    target: positive("target", values.target),
    reference: referenceNamed(values.reference ?? (values.input === undefined ? "truth" : "besiroglu")),
    report: values.report,
    json: values.json,
    help: values.help,
  };
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        input: { type: "string" },
        C: { type: "string", default: "Training FLOP" },
        N: { type: "string", default: "Model Size" },
        loss: { type: "string", default: "loss" },
        drop: { type: "string", default: "5" },
        resamples: { type: "string", default: "400" },
        target: { type: "string", default: "5.76e23" },
        reference: { type: "string" },
        report: { type: "string", default: "runs/chinchilla-revisited/report.html" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
};

const wrong = (name: string, value: string, right: string) =>
  new OptionError(`--${name} is ${JSON.stringify(value)}; it must be ${right}`);

const whole = (name: string, value: string, least: number): number => {
  const number = Number(value);
  if (value.trim() === "" || !Number.isSafeInteger(number) || number < least)
    throw wrong(name, value, `a whole number of at least ${least}`);
  return number;
};

const positive = (name: string, value: string): number => {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw wrong(name, value, "a positive number");
  return number;
};

const referenceNamed = (value: string): ReferenceName => {
  const found = referenceNames.find((name) => name === value);
  if (!found) throw wrong("reference", value, referenceNames.join(" or "));
  return found;
};
