import { unsound } from "./exit.js";
import { isOurPage } from "./files/ours.js";
import { decodeTables } from "./files/parquet.js";
import { outputFile } from "./files/write.js";
import type { Page } from "./page/page.js";
import { emit } from "./words/emit.js";
import type { Words } from "./words/passage.js";

/** What `--json`, `--report` and `--force` say. */
export interface AnswerOptions {
  readonly json?: boolean;
  readonly report?: string;
  readonly force?: boolean;
}

/** What a command says: to a program, to a person, and on a page. */
export interface Answer {
  readonly document: object;
  readonly words: Words;
  /** The page's title and figures, loaded where a page is asked for. */
  readonly page: () => Promise<Page>;
  /** Of what was fitted; anything but `converged` ends the command with its status after all has been said. */
  readonly caveat?: { readonly status: string; readonly message?: string | undefined };
}

/**
 * Does a command's work, prints what it found, and writes its page if one is asked for.
 * @param inputs files that the command reads
 * @throws CliError `usage`, before the work, for a page in the place of a file that is not to be replaced; `unsound` for a fit that is not
 */
export const answer = async (
  { json, report, force }: AnswerOptions,
  inputs: readonly (string | undefined)[],
  work: () => Answer | Promise<Answer>,
): Promise<void> => {
  const output =
    report === undefined ? undefined : outputFile(report, { option: "--report", inputs, isOurs: isOurPage, force });
  await decodeTables(inputs);
  const { document, words, page, caveat } = await work();
  // Printed first: a page that cannot be written must not cost the fit.
  await emit(json, document, () => words);
  if (output) {
    const { pageHtml } = await import("./page/page.js");
    await output.write(await pageHtml(page, words));
  }
  if (caveat && caveat.status !== "converged")
    throw unsound(`${caveat.status}: ${caveat.message ?? "the fit is not sound"}`);
};
