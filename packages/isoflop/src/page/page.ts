import { type FigureOptions, pageTheme, renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { CliError, exitCodes } from "../exit.js";
import { passagesOf, type Words } from "../words/passage.js";

/** A figure of a page. */
export interface Figure {
  /** SVG of the width that the page asks for. @throws PlotInputError naming what cannot be drawn */
  readonly draw: (options: FigureOptions) => string;
  readonly caption: string;
}

export interface Page {
  readonly title: string;
  /** What is not there is left out. */
  readonly figures: readonly (Figure | false | undefined)[];
  /** Colours that the page keeps for budgets. */
  readonly budgets?: number;
}

/**
 * One HTML file that needs nothing else: figures, and below them what the terminal shows.
 * @throws CliError saying what cannot be drawn
 */
export const pageHtml = ({ title, figures, budgets = 0 }: Page, words: Words): string => {
  const drawn = figures.flatMap((figure) =>
    figure ? [{ ...figure, draw: (width: number) => figure.draw({ document, theme: pageTheme, width }) }] : [],
  );
  const passages = passagesOf(words).map((passage) => ({ ...passage, figures: [] }));
  try {
    return renderPage({ title, sections: [{ figures: drawn }, ...passages], budgets });
  } catch (error) {
    if ((error as Error).name !== "PlotInputError") throw error;
    throw new CliError(exitCodes.failed, `the report cannot be drawn: ${(error as Error).message}`, { cause: error });
  }
};
