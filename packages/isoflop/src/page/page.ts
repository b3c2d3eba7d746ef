import { type Figure, type Illustrated, renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { CliError, exitCodes } from "../exit.js";
import type { Words } from "../words/passage.js";
import { sectionsOf } from "./sections.js";

export interface Page {
  readonly title: string;
  /** What is not there is left out. */
  readonly figures: readonly (Figure | false | undefined)[];
  /** The whole page, where it is more than figures with what the terminal shows below them. */
  readonly sections?: readonly Illustrated[];
}

/**
 * One HTML file that needs nothing else: figures, and below them what the terminal shows.
 * @param make loads what is drawn
 * @throws CliError saying what cannot be drawn
 */
export const pageHtml = async (make: () => Promise<Page>, words: Words): Promise<string> => {
  try {
    const page = await make();
    return renderPage({ title: page.title, sections: page.sections ?? sectionsOf(page, words) }, { document });
  } catch (error) {
    if ((error as Error).name !== "PlotInputError") throw error;
    throw new CliError(exitCodes.failed, `the report cannot be drawn: ${(error as Error).message}`, { cause: error });
  }
};
