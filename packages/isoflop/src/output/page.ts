import { darkTheme, lightTheme, themeVariables } from "@isoflop/plot";
import { CliError, exitCodes } from "../exit.js";
import { writeWhole } from "./write.js";

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Figures and words take their colours from the same variables; paper and phones get the narrow drawings. */
const style = (budgets: number): string => `
:root { color-scheme: light dark; ${themeVariables(lightTheme, budgets)} }
@media (prefers-color-scheme: dark) { :root { ${themeVariables(darkTheme, budgets)} } }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem; background: var(--surface); color: var(--ink); font: 16px/1.5 Inter, system-ui, sans-serif; }
figure { margin: 2rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--muted); max-width: 45rem; margin-top: .5rem; font-size: .875rem; }
pre { overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }
.narrow { display: none; }
@media (max-width: 40rem) { .wide { display: none; } .narrow { display: block; } }
@media print { :root { color-scheme: light; ${themeVariables(lightTheme, budgets)} } }`;

/** Widths at which a figure is drawn, in pixels: on a desk and on a phone, with type of the same size on both. */
const widths = { wide: 1088, narrow: 350 } as const;

export interface PageFigure {
  /** SVG of a width, in the colours of the page. @throws PlotInputError when something cannot be drawn. */
  readonly draw: (width: number) => string;
  readonly caption: string;
}

interface Page {
  readonly title: string;
  /** What the terminal shows. */
  readonly text: string;
  readonly figures: readonly PageFigure[];
  /** Colours that the page keeps for budgets. */
  readonly budgets?: number;
}

/** Writes one HTML file that needs nothing else: figures, and the same tables as in the terminal. */
export async function writePage(path: string, { title, text, figures, budgets = 0 }: Page): Promise<void> {
  const drawn = figures.map(
    ({ draw, caption }) => `<figure>
<div class="wide">${drawable(() => draw(widths.wide))}</div>
<div class="narrow">${drawable(() => draw(widths.narrow))}</div>
<figcaption>${escaped(caption)}</figcaption>
</figure>`,
  );
  await writeWhole(
    path,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title>
<style>${style(budgets)}
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${drawn.join("\n")}
<pre>${escaped(text)}</pre>
</body>
</html>
`,
  );
}

/** Draws, or says what cannot be drawn and why. */
function drawable(figure: () => string): string {
  try {
    return figure();
  } catch (error) {
    if ((error as Error).name !== "PlotInputError") throw error;
    throw new CliError(exitCodes.failed, `the report cannot be drawn: ${(error as Error).message}`, { cause: error });
  }
}
