import { surfaceForms } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { formOptions, formsHelp } from "../../options/form-options.js";
import { positive } from "../../options/values.js";
import { objectivesAndRowsHelp, type SurfaceCommandOptions, surfaceAnswer, surfaceOptions } from "./options.js";

/** Starting points of the literature. */
const grids = new Set([...surfaceForms].flatMap((form) => Object.keys(form.grids ?? {})));

const help = `
Forms:
${formsHelp(surfaceForms)}
${objectivesAndRowsHelp}

Example:
  isoflop fit surface --input runs.csv --columns C=flops,N=params,loss=val_loss --drop-highest-loss 5 --bootstrap 1000`;

export const configure = (command: Command): void => {
  surfaceOptions(formOptions(command, surfaceForms, { fallback: "chinchilla" }))
    .addOption(
      new Option(
        "--starts <where>",
        "starting points: from the data, or a grid of the form, as the 4,500 of Hoffmann et al.",
      )
        .choices(["auto", ...grids])
        .default("auto"),
    )
    .option(
      "--bias-at <C>",
      "by how much Approach 2 on these runs' grid would miss this surface's optimum at C",
      positive,
    )
    .addHelpText("after", help)
    .action((options: SurfaceCommandOptions) => surfaceAnswer(options));
};
