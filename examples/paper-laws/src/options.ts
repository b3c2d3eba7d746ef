import { parseArgs } from "node:util";

export const usage = `The scaling laws of arXiv 2410.08184: recovered, extrapolated, doubted and planned.

  --seed N        of the noise (default 1)
  --mfu SHARE     expected share of the devices' peak, for the plan (default 0.4)
  --report FILE   where the page goes (default runs/paper-laws/report.html)
  --json          print every digit as JSON, and no tables
  --help`;

/** A command line that asks for something there is not. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

export interface Options {
  readonly seed: number;
  readonly utilisation: number;
  readonly report: string;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws OptionError that says what would be right. */
export const readOptions = (argv: readonly string[]): Options => {
  const { seed, mfu, report, json, help } = parsed(argv);
  const number = Number(seed);
  if (seed.trim() === "" || !Number.isSafeInteger(number) || number < 0)
    throw new OptionError(`--seed is ${JSON.stringify(seed)}; it must be a whole number of at least 0`);
  const utilisation = Number(mfu);
  if (!(utilisation > 0 && utilisation <= 1))
    throw new OptionError(`--mfu is ${JSON.stringify(mfu)}; it must lie above 0 and up to 1`);
  return { seed: number, utilisation, report, json, help };
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seed: { type: "string", default: "1" },
        mfu: { type: "string", default: "0.4" },
        report: { type: "string", default: "runs/paper-laws/report.html" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
};
