import { type PageFigure, renderPage } from "@isoflop/plot";
import { CliError, exitCodes } from "../exit.js";
import type { OutputFile } from "../files/write.js";

interface Page {
  readonly title: string;
  /** What the terminal shows. */
  readonly text: string;
  readonly figures: readonly PageFigure[];
  /** Colours that the page keeps for budgets. */
  readonly budgets?: number;
}

/**
 * Writes one HTML file that needs nothing else: figures, and the same tables as in the terminal.
 * @throws CliError saying what cannot be drawn, or why the file cannot be written
 */
export const writePage = async (output: OutputFile, { title, text, figures, budgets = 0 }: Page): Promise<void> => {
  await output.write(drawn({ title, sections: [{ figures, text }], budgets }));
};

const drawn = (page: Parameters<typeof renderPage>[0]): string => {
  try {
    return renderPage(page);
  } catch (error) {
    if ((error as Error).name !== "PlotInputError") throw error;
    throw new CliError(exitCodes.failed, `the report cannot be drawn: ${(error as Error).message}`, { cause: error });
  }
};
