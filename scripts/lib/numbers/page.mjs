import { parsed, textNumbers } from "./text.mjs";

/** @typedef {import("./text.mjs").Num} Num */

const entities = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["nbsp", " "],
]);

/** What a reader sees; every block is a line of its own. @param {string} html */
const visible = (html) =>
  html
    .replace(/<\/(?:tr|p|h\d|li|dt|dd|text|title|figcaption|pre|div|td|th)>|<br\s*\/?>/g, "\n")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(\w+);/g, (whole, name) => entities.get(name) ?? whole)
    .replace(/&#\w+;/g, " ");

/** @param {string} html */
const words = (html) => visible(html).replace(/\s+/g, " ").trim();

/**
 * Numbers of a table's cells, by the head of their row and column.
 * @param {string} table @param {boolean} measured
 * @returns {Num[]}
 */
const tableNumbers = (table, measured) => {
  /** @type {string[]} */
  let heads = [];
  return [...table.matchAll(/<tr\b.*?<\/tr>/gs)].flatMap(([row]) => {
    const cells = [...row.matchAll(/<t[hd]\b[^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = ""]) => words(cell));
    if (!row.includes("<td")) heads = cells;
    return cells.flatMap((cell, i) => {
      const head = heads[i] ?? "";
      return measured && /^time\b/i.test(head) ? [] : textNumbers(cell, measured, `${cells[0]}, ${head}`);
    });
  });
};

const geometry = "x y x1 x2 y1 y2 cx cy r rx ry width height d points transform viewBox".split(" ");

/**
 * Coordinates of a figure's elements, by element and attribute.
 * @param {string} svg
 * @returns {Num[]}
 */
const coordinates = (svg) =>
  [...svg.matchAll(/<(\w+)((?:\s+[\w:-]+="[^"]*")*)\s*\/?>/g)].flatMap(([, element, attributes = ""]) =>
    [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].flatMap(([, name = "", text = ""]) =>
      geometry.includes(name)
        ? [...text.matchAll(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/g)].map(([digits]) =>
            parsed(digits, `${element} ${name}`),
          )
        : [],
    ),
  );

/**
 * A page or a figure: the numbers that a reader sees, in tables, prose and labels, and the figures' coordinates.
 * @param {string} html @param {boolean} measured whether times in it were measured, and are left out
 */
export const pageNumbers = (html, measured) => {
  const shown = html.replace(/<(style|script)\b.*?<\/\1>/gs, "");
  const tables = shown.match(/<table\b.*?<\/table>/gs) ?? [];
  const rest = shown.replace(/<table\b.*?<\/table>/gs, "");
  return {
    text: [...textNumbers(visible(rest), measured), ...tables.flatMap((table) => tableNumbers(table, measured))],
    figure: coordinates(rest),
  };
};
