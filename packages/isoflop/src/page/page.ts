import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { CliError, exitCodes } from "../exit.js";
import type { Words } from "../words/passage.js";
import { type Page, sectionsOf } from "./sections.js";

export type { Page } from "./sections.js";

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
