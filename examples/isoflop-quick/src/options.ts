import { parseArgs } from "node:util";
import { run } from "isoflop";
import { type Assignment, readAssignment, resolveStudy, writtenStudy } from "isoflop/study";

const usage = `npm run reproduce -- [options]

  --preset quick|laptop|paper   how much to spend: minutes on two cores, about an hour on a laptop's GPU,
                          or a cluster's months (paper: prints the plan and trains nothing)
  --device wasm|webgpu    where to train (wasm needs no GPU)
  --data emoji|cifar10    what to learn from
  --seed N                of weights, noise and order (default 0)
  --runs FOLDER           where studies and their runs go (default runs): each study in NAME-HASH
`;

const fail = (message: string): never => {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
};

const choose = <T extends string>(name: string, value: string, choices: readonly T[]): T =>
  choices.find((choice) => choice === value) ??
  fail(`--${name} is ${JSON.stringify(value)}; it must be ${choices.join(" or ")}`);

/** Runs the study; what ends it early is said in one line. Status 130 for a stop by hand, 1 for anything else. */
export const ending = async (signal: AbortSignal, method: () => Promise<void>): Promise<void> => {
  try {
    await method();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = signal.aborted ? 130 : 1;
  }
};

/** The command line as study options; wrong ones end the process with status 2 and say what would be right. */
export const readOptions = async (argv: readonly string[]) => {
  const parse = () =>
    parseArgs({
      args: [...argv],
      options: {
        preset: { type: "string", default: "quick" },
        device: { type: "string", default: "wasm" },
        data: { type: "string", default: "emoji" },
        seed: { type: "string", default: "0" },
        runs: { type: "string", default: "runs" },
        help: { type: "boolean", default: false },
      },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    return fail((error as Error).message);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    fail(`--seed is ${JSON.stringify(values.seed)}; it must be a whole number of at least 0`);
  const preset = choose("preset", values.preset, ["quick", "laptop", "paper"]);
  if (preset === "paper") process.exit(await run(["plan", "paper"]));
  const set: readonly Assignment[] = [
    `device=${choose("device", values.device, ["wasm", "webgpu"])}`,
    `data.source=${choose("data", values.data, ["emoji", "cifar10"])}`,
    `seed=${seed}`,
  ].map(readAssignment);
  const stopper = new AbortController();
  return {
    study: await resolveStudy(await writtenStudy(preset), set),
    root: values.runs,
    signal: stopper.signal,
    stop: () => stopper.abort(new Error("stopped; run the same command again to go on")),
    reproduce: `npm run reproduce${argv.length > 0 ? ` -- ${argv.join(" ")}` : ""}`,
  } as const;
};
