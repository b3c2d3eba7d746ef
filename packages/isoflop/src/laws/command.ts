import { lawCards } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { cardFrom } from "../cards/find.js";
import { jsonOption, reportOption } from "../options/common.js";
import { positive } from "../options/values.js";
import { versions } from "../versions.js";
import { type ConversionAsked, converted } from "./converted.js";
import { cardsWords, cardWords } from "./words.js";

const help = `
A card holds a published law as data: what the paper prints, where, how that was verified, and what N, D, C and the loss count there.
With --json the card of NAME is printed as it is; such a file, edited, is a card of your own.

Examples:
  isoflop laws chinchilla
  isoflop predict --law chinchilla --at 1e21
  isoflop laws dit-2410.08184 --json > mine.json && isoflop predict --law mine.json --at 1e20
  isoflop laws chinchilla --compute exact-flops --flops-per-token 7.2 --json > exact.json && isoflop compare runs.csv exact.json`;

export const configure = (command: Command): void => {
  reportOption(jsonOption(command.argument("[name]", "a card, or a file of one; all are listed without it")))
    .addOption(
      new Option("--compute <rule>", "the card with its compute counted so").choices([
        "6ND",
        "exact-flops",
        "exact-macs",
      ]),
    )
    .addOption(
      new Option("--parameters <what>", "the card with its parameters counted so").choices(["all", "non-embedding"]),
    )
    .addOption(new Option("--count <what>", "the card with its data counted so").choices(["tokens", "samples"]))
    .option("--flops-per-token <k>", "what a conversion may need: exact C = k·N·D of its models", positive)
    .option("--embedding <n>", "what a conversion may need: embedding parameters of its models", positive)
    .option("--tokens-per-sample <n>", "what a conversion may need", positive)
    .addHelpText("after", help)
    .action((name: string | undefined, options: AnswerOptions & ConversionAsked) =>
      answer(options, [name], () => {
        if (name === undefined) {
          const cards = [...lawCards];
          return {
            document: { command: "laws", cards, versions: versions("@isoflop/scaling") },
            words: cardsWords(cards),
            page: async () => (await import("./page.js")).cardsPage(cards),
          };
        }
        const { compute, parameters, count, flopsPerToken, embedding, tokensPerSample } = options;
        const asked = { compute, parameters, count, flopsPerToken, embedding, tokensPerSample };
        const given = Object.entries(asked).filter(([, value]) => value !== undefined);
        const { card, notes } = converted(cardFrom(name).card, Object.fromEntries(given));
        return {
          document: card,
          words: [...cardWords(card), ...notes],
          page: async () => (await import("./page.js")).cardPage(card),
        };
      }),
    );
};
