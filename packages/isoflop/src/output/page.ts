import { CliError, exitCodes } from "../exit.js";
import { writeWhole } from "./write.js";

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const style = `
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem; background: #fff; color: #222; font: 16px/1.5 system-ui, sans-serif; }
figure { margin: 1.5rem 0; overflow-x: auto; }
figcaption { color: #555; max-width: 45rem; }
pre { overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }`;

export interface PageFigure {
  readonly svg: string;
  readonly caption: string;
}

/** Writes one HTML file that needs nothing else: figures, and the same tables as in the terminal. */
export async function writePage(
  path: string,
  { title, text, figures }: { readonly title: string; readonly text: string; readonly figures: readonly PageFigure[] },
): Promise<void> {
  const drawn = figures.map(
    ({ svg, caption }) => `<figure>\n${svg}\n<figcaption>${escaped(caption)}</figcaption>\n</figure>`,
  );
  await writeWhole(
    path,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}
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
export function draw(figure: () => string): string {
  try {
    return figure();
  } catch (error) {
    if ((error as Error).name !== "PlotInputError") throw error;
    throw new CliError(exitCodes.failed, `the report cannot be drawn: ${(error as Error).message}`, { cause: error });
  }
}
