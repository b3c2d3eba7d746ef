import { type Command, CommanderError } from "commander";
import { programFor } from "./program.js";

/**
 * Runs the command that `words` name.
 * @throws CommanderError for wrong usage, and what the command throws. Commander tells of a missing option before an unknown one, which may be that very
 * option, mistyped; here the unknown one is told, with the nearest there is.
 */
export const parse = async (words: readonly string[]): Promise<void> => {
  try {
    await (await programFor(words)).parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.code !== "commander.missingMandatoryOptionValue") throw error;
    const again = await programFor(words);
    const [command, rest] = named(again, words);
    // Without an unknown option the command would run.
    if (command.parseOptions([...rest]).unknown.length === 0) throw error;
    for (const option of command.options) option.makeOptionMandatory(false);
    await again.parseAsync(words, { from: "user" });
  }
};

/** The command that words name, and the words after its name. */
const named = (command: Command, words: readonly string[]): readonly [Command, readonly string[]] => {
  const next = command.commands.find((other) => other.name() === words[0]);
  return next ? named(next, words.slice(1)) : [command, words];
};
