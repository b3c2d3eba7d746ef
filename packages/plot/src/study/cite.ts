import { type Html, html } from "../page/html.js";
import type { StudySummary } from "./study.js";

const method = `@misc{liang2024scaling,
  title = {Scaling Laws for Diffusion Transformers},
  author = {Liang, Zhengyang and He, Hao and Yang, Ceyuan and Dai, Bo},
  year = {2024},
  eprint = {2410.08184},
  archivePrefix = {arXiv}
}`;

/** Braces and the signs that TeX takes for its own. */
const escaped = (text: string): string => text.replace(/[{}\\]/g, "").replace(/[#$%&_~^]/g, (sign) => `\\${sign}`);

/** BibTeX of the method and of the program, with the study that it made. */
export const cite = ({ preset, file, choices }: StudySummary): Html => {
  const version = choices?.versions?.isoflop;
  const fields = [
    "title = {Isoflop: scaling laws for diffusion transformers}",
    ...(version === undefined ? [] : [`version = {${escaped(version)}}`]),
    `note = {Study ${escaped(file?.name ?? preset)}${file?.hash === undefined ? "" : `, ${escaped(file.hash)}`}}`,
  ];
  const program = `@software{isoflop,\n  ${fields.join(",\n  ")}\n}`;
  return html`<pre class="wrapped" tabindex="0" data-name="BibTeX">${method}\n\n${program}</pre>\n`;
};
