import { lawCards } from "@isoflop/scaling";
import type { Command } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { cardFrom } from "../cards/find.js";
import { jsonOption, reportOption } from "../options/common.js";
import { versions } from "../versions.js";
import { cardsWords, cardWords } from "./words.js";

const help = `
A card holds a published law as data: what the paper prints, where, how that was verified, and what N, D, C and the loss count there.
With --json the card of NAME is printed as it is; such a file, edited, is a card of your own.

Examples:
  isoflop laws chinchilla
  isoflop predict --law chinchilla --at 1e21
  isoflop laws dit-2410.08184 --json > mine.json && isoflop predict --law mine.json --at 1e20`;

export const configure = (command: Command): void => {
  reportOption(jsonOption(command.argument("[name]", "a card, or a file of one; all are listed without it")))
    .addHelpText("after", help)
    .action((name: string | undefined, options: AnswerOptions) =>
      answer(options, [name], () => {
        if (name === undefined) {
          const cards = [...lawCards];
          return {
            document: { command: "laws", cards, versions: versions("@isoflop/scaling") },
            words: cardsWords(cards),
            page: async () => (await import("./page.js")).cardsPage(cards),
          };
        }
        const { card } = cardFrom(name);
        return {
          document: card,
          words: cardWords(card),
          page: async () => (await import("./page.js")).cardPage(card),
        };
      }),
    );
};
