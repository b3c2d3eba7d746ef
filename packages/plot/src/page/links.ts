import { type Html, html } from "./html.js";

/** What a source is called, and where it is found. The words stand as they are; addresses are made of the matched letters alone. */
const sources: readonly (readonly [pattern: RegExp, address: (...match: string[]) => string])[] = [
  [/\barXiv[:\s\u00A0](\d{4}\.\d{4,5})/, (_, id) => `https://arxiv.org/abs/${id}`],
  [/\bhttps:\/\/[\w.-]+(?:\/[\w./~%#?=&+-]*[\w/])?/, (address) => address!],
  [/\bhf:\/\/([\w.-]+(?:\/[\w.-]*\w)?)/, (_, name) => `https://huggingface.co/datasets/${name}`],
  [/(@[a-z\d-]+\/[a-z\d._-]*[a-z\d])(?:@\d[\w.+-]*\w)?/, (_, name) => `https://www.npmjs.com/package/${name}`],
  [/\b([a-z][a-z\d._-]*)@\d+\.\d+\.\d+(?:-[\w.]*\w)?/, (_, name) => `https://www.npmjs.com/package/${name}`],
  [
    /\b(Apache-2\.0|MIT|ISC|BSD-[23]-Clause|MPL-2\.0|OFL-1\.1|0BSD|Unlicense|(?:L|A)?GPL-[23]\.0(?:-only|-or-later)?|CC0-1\.0|CC-BY(?:-NC)?(?:-SA|-ND)?-[1-4]\.0)(?![\w-])/,
    (_, id) => `https://spdx.org/licenses/${id}.html`,
  ],
];

/** A link to what is named. */
export const link = (address: string, words: string): Html => html`<a href="${address}" rel="noreferrer">${words}</a>`;

/** A text in which papers, packages, licences and addresses are links. */
export const linked = (text: string): Html => {
  const found = sources
    .flatMap(([pattern, address]) => {
      const match = pattern.exec(text);
      return match ? [{ at: match.index, words: match[0], address: address(...match) }] : [];
    })
    .sort((a, b) => a.at - b.at)[0];
  if (!found) return html`${text}`;
  const { at, words, address } = found;
  return html`${text.slice(0, at)}${link(address, words)}${linked(text.slice(at + words.length))}`;
};
