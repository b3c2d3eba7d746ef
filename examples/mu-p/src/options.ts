import { parseArgs } from "node:util";
import { conditionings } from "@isoflop/flops";

const options = {
  conditioning: { type: "string", default: "inContext" },
  widths: { type: "string", default: "16,32,64,128" },
  steps: { type: "string", default: "200" },
  seeds: { type: "string", default: "1" },
  out: { type: "string", default: "runs/mu-p" },
  help: { type: "boolean", default: false },
} as const;

export const help = `Draws the coordinate check of muP and the transfer of the learning rate over widths, beside the standard parameterization.

  --conditioning NAME   ${conditionings.join(", ")} (${options.conditioning.default})
  --widths A,B,…        multiples of 8 (${options.widths.default})
  --steps N             of training at every rate (${options.steps.default})
  --seeds N             runs at every rate (${options.seeds.default})
  --out FOLDER          report.html and transfer.csv (${options.out.default})`;

/** @throws Error naming the option, its value and what would be right */
export const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({ args: [...args], options });
  const whole = (name: "steps" | "seeds"): number => {
    const value = Number(values[name]);
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new Error(`--${name} is "${values[name]}"; it takes a whole number of at least 1`);
    return value;
  };
  const conditioning = conditionings.find((name) => name === values.conditioning);
  if (!conditioning)
    throw new Error(`--conditioning is "${values.conditioning}"; it takes one of ${conditionings.join(", ")}`);
  const widths = values.widths.split(",").map(Number);
  const wrong = widths.find((width) => !(Number.isInteger(width) && width >= 8 && width % 8 === 0));
  if (wrong !== undefined) throw new Error(`--widths has ${wrong}; it takes multiples of 8, such as 16,32,64`);
  if (new Set(widths).size < 2) throw new Error(`--widths is "${values.widths}"; it takes two or more of them`);
  return { help: values.help, conditioning, widths, steps: whole("steps"), seeds: whole("seeds"), out: values.out };
};
