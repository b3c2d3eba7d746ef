import { expect, test } from "vitest";
import { lightTheme, type PageFigure, renderPage } from "../src/index.js";

const drawn: (number | undefined)[] = [];
const figure: PageFigure = {
  draw: ({ width } = {}) => {
    drawn.push(width);
    return `<svg data-width="${width}"></svg>`;
  },
  caption: "a < b & c",
};
const section = {
  title: "Laws <all>",
  table: { head: ["law", "exponent"], rows: [["N & D", "0.5681"]], names: 1 },
  notes: ["D is C / 6N."],
};

test("a page has every figure for a desk and a phone, half as wide where two stand side by side", () => {
  drawn.length = 0;
  const page = renderPage({ title: "T", sections: [{ figures: [figure, { ...figure, half: true }] }] });
  expect(drawn).toEqual([1088, 350, 530, 350]);
  expect(page.match(/<figure id="figure-1">/g)).toHaveLength(1);
  expect(page.match(/<figure id="figure-2" class="half">/g)).toHaveLength(1);
});

test("small figures share a caption and stand side by side, two of them half as wide as the page", () => {
  const side = (panels: number) => {
    drawn.length = 0;
    const panel = Array.from({ length: panels }, () => figure);
    return renderPage({ title: "T", sections: [{ figures: [{ caption: "all", panels: panel }] }] });
  };
  expect(side(3).match(/<div class="panels">/g)).toHaveLength(1);
  expect(drawn).toEqual([350, 350, 350]);
  expect(side(2)).toMatch(/<div class="wide panels pair">[\s\S]*<div class="narrow panels">/);
  expect(drawn).toEqual([530, 530, 350, 350]);
});

test("figures are numbered in the order in which they stand", () => {
  const page = renderPage({ title: "T", sections: [{ figures: [figure, figure] }, { figures: [figure] }] });
  expect([...page.matchAll(/<b>(Figure \d)\.<\/b>/g)].map(([, name]) => name)).toEqual([
    "Figure 1",
    "Figure 2",
    "Figure 3",
  ]);
});

test("a table that may be sorted says so, and has what its cells are sorted by", () => {
  const table = {
    head: ["run", "loss"],
    units: [undefined, "nats"],
    rows: [["a<b", "0.3"]],
    names: 1,
    keys: [["a<b", 0.31]],
  };
  const page = renderPage({ title: "T", sections: [{ table }] });
  expect(page).toContain('<th scope="col" class="name">run</th><th scope="col">loss<small>nats</small></th>');
  expect(page).toContain('<td class="name" data-value="a&lt;b">a&lt;b</td><td data-value="0.31">0.3</td>');
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(renderPage({ title: "T", sections: [section] })).not.toContain("<script>");
});

test("words are escaped, figures are not", () => {
  const page = renderPage({
    title: 'a "b" <c>',
    lead: "1 < 2",
    sections: [{ ...section, figures: [figure], text: "x < y" }],
  });
  expect(page).toContain('<svg data-width="1088"></svg>');
  expect(page).toContain('<h2 id="laws-all"><a href="#laws-all">Laws &lt;all&gt;</a></h2>');
  expect(page).toContain('<td class="name">N &amp; D</td><td>0.5681</td>');
  expect(page).toContain('<pre tabindex="0">x &lt; y</pre>');
  expect(page).not.toMatch(/<c>|1 < 2|a < b|<all>/);
});

test("a page needs nothing else, and defines the colours of its themes", () => {
  const page = renderPage({ title: "T", sections: [], budgets: 2 });
  expect(page).not.toMatch(/(src|href)=/);
  expect(page).toContain(lightTheme.ink);
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/);
});

test("a page declares as many colours of budgets as its figures use", () => {
  const coloured = { ...figure, draw: () => '<svg><path fill="var(--budget-0)"/><path fill="var(--budget-3)"/></svg>' };
  const page = renderPage({ title: "T", sections: [{ figures: [coloured] }, { figures: [figure] }] });
  for (let i = 0; i < 4; i++) expect(page).toContain(`--budget-${i}:#`);
  expect(page).not.toContain("--budget-4:");
});
