import { inspect } from "node:util";
import { CommanderError } from "commander";
import { asCliError, type CliError, type ExitCode, exitCodes, isExpected, usageError } from "./exit.js";
import { parse } from "./parse.js";
import { withoutColours } from "./progress/colours.js";
import { endDrawings } from "./progress/drawing.js";
import { groups, registry } from "./registry.js";
import { note, printableLines } from "./words/printable.js";

/**
 * Runs one command line, writing to the process's standard output and error.
 * @param argv words after the program's name
 * @returns the exit status; errors are printed, never thrown.
 */
export const run = async (argv: readonly string[]): Promise<ExitCode> => {
  const debug = argv.includes("--debug");
  if (argv.includes("--no-color")) withoutColours();
  const words = helpLast(argv.filter((word) => !ANYWHERE.includes(word)));
  try {
    await parse(words);
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    endDrawings();
    const problem = error instanceof CommanderError ? usageOf(error, words) : asCliError(error);
    if (problem.message !== "") note(`isoflop: ${problem.message}`);
    if (debug) console.error(printableLines(inspect(problem.cause ?? problem)));
    else if (!(error instanceof CommanderError || isExpected(error))) {
      console.error("isoflop: add --debug to see where this happened");
    }
    return problem.exitCode;
  }
};

/** Options of every command, wherever they stand. */
const ANYWHERE: readonly string[] = ["--debug", "--no-color"];

/** `help fit surface` reads as `fit surface --help`. */
const helpLast = (words: readonly string[]): readonly string[] =>
  words.length === 0 ? ["--help"] : words[0] === "help" ? [...words.slice(1), "--help"] : words;

const usageOf = ({ code, message }: CommanderError, words: readonly string[]): CliError => {
  // The group's help has been shown where a command is missing.
  if (code === "commander.help") return usageError("");
  const known = registry.find(({ path }) => path.every((word, i) => words[i] === word))?.path;
  const command = known ?? words.slice(0, 1).filter((word) => Object.hasOwn(groups, word));
  const said = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return usageError(`${said}; see isoflop ${[...command, "--help"].join(" ")}`);
};
