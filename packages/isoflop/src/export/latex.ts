import { type Cell, type ExportTable, isQuantity, type Quantity } from "./table.js";

const specials: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "%": "\\%",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  "\u00a0": "~",
  "\u2013": "--",
  "\u2014": "---",
  "\u2018": "`",
  "\u2019": "'",
  "\u201c": "``",
  "\u201d": "''",
  "\u2026": "\\ldots{}",
};

/** Letters and signs of formulas. */
const mathematical: Readonly<Record<string, string>> = {
  "−": "-",
  "·": "\\cdot ",
  "×": "\\times ",
  "±": "\\pm ",
  "≤": "\\le ",
  "≥": "\\ge ",
  "≈": "\\approx ",
  "∞": "\\infty ",
  "∝": "\\propto ",
  "∂": "\\partial ",
  "√": "\\surd ",
  "²": "^{2}",
  "³": "^{3}",
  α: "\\alpha ",
  β: "\\beta ",
  γ: "\\gamma ",
  δ: "\\delta ",
  ε: "\\varepsilon ",
  η: "\\eta ",
  θ: "\\theta ",
  κ: "\\kappa ",
  λ: "\\lambda ",
  μ: "\\mu ",
  ν: "\\nu ",
  ρ: "\\rho ",
  σ: "\\sigma ",
  τ: "\\tau ",
  φ: "\\varphi ",
  ω: "\\omega ",
  Δ: "\\Delta ",
  Σ: "\\Sigma ",
};

/** Words of others for LaTeX: what it would obey is only shown, and what its fonts do not have is told by its code. */
export const escapeLatex = (text: string): string =>
  [...text]
    .map((character) => {
      const special = specials[character];
      if (special !== undefined) return special;
      const sign = mathematical[character];
      if (sign !== undefined) return `$${sign.trimEnd()}$`;
      const code = character.codePointAt(0)!;
      if (
        (code >= 0x20 && code < 0x7f) ||
        /[\u00c0-\u00cf\u00d1-\u00d6\u00d8-\u00dd\u00df-\u00ef\u00f1-\u00f6\u00f8-\u00fd\u00ff]/.test(character)
      )
        return character;
      return /\s/.test(character) ? " " : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    })
    .join("");

const greek = /\b(alpha|beta|gamma|delta|epsilon|eta|kappa|lambda|mu|nu|rho|sigma|tau|phi|omega)(\d?)\b/g;

/** A formula as the command line prints it, E + A/N^alpha + B/D^beta, between dollars; as text where it has what no formula has. */
export const formulaLatex = (formula: string): string => {
  if (!/^[\w\s+\-−–*·/^().,;=αβγδεηκλμνρστφω]+$/.test(formula)) return escapeLatex(formula);
  const signs = [...formula]
    .map((character) => (character === "–" ? "-" : (mathematical[character] ?? character)))
    .join("");
  const named = signs
    .replace(greek, (_, name: string, index: string) => `\\${name}${index && `_{${index}}`} `)
    .replace(/(?<!\\)\b[A-Za-z]{3,}\b/g, (word) => `\\mathrm{${word}}`)
    .replaceAll("_", "\\_")
    .replace(/\\_\{(\d)\}/g, "_{$1}");
  return `$${named.replace(/\^(-?)(\([^()]*\)|\\?[A-Za-z0-9]+(?:\{[^}]*\})?(?:_\{\d\})? ?)/g, (_, sign: string, power: string) => `^{${sign}${power.trim()}}`)}$`;
};

/** What stands between dollars is a formula of ours; the rest is text. */
const titled = (title: string): string =>
  title
    .split(/(\$[^$]*\$)/)
    .map((part) => (/^\$.*\$$/.test(part) ? part : escapeLatex(part)))
    .join("");

/** Numbers from here on, and below the other, are written with a power of ten. */
const [LARGE, SMALL] = [1e6, 1e-3];

const powerOf = (value: number): number => {
  const size = Math.abs(value);
  return size === 0 || !Number.isFinite(size) || (size < LARGE && size >= SMALL) ? 0 : Math.floor(Math.log10(size));
};

/** A finite number in plain digits, or as one with a power of ten; without dollars. */
const numberText = (value: number, digits = 5): string => {
  if (Number.isNaN(value)) return "\\text{--}";
  if (!Number.isFinite(value)) return value > 0 ? "\\infty" : "-\\infty";
  const power = powerOf(value);
  if (power === 0) return trimmed(value === 0 ? "0" : value.toPrecision(digits), value);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const short = trimmed(mantissa!, value);
  const times = short === "1" ? "" : short === "-1" ? "-" : `${short} \\times `;
  return `${times}10^{${Number(exponent)}}`;
};

/** Without zeros that say nothing, and without the power that `toPrecision` may have. */
const trimmed = (text: string, value: number): string => {
  const plain = text.includes("e") ? String(value) : text;
  return plain.includes(".") ? plain.replace(/0+$/, "").replace(/\.$/, "") : plain;
};

/** Digits of a standard error. */
const ERROR_DIGITS = 2;

/** A value with its standard error, both to the same place: 0.574 ± 0.012, (1.52 ± 0.03) × 10⁹. */
const withError = (value: number, error: number): string => {
  const power = powerOf(value);
  const [scaled, spread] = [value / 10 ** power, error / 10 ** power];
  const place = Math.min(12, Math.max(0, ERROR_DIGITS - 1 - Math.floor(Math.log10(spread))));
  const both = `${scaled.toFixed(place)} \\pm ${spread.toFixed(place)}`;
  return power === 0 ? both : `(${both}) \\times 10^{${power}}`;
};

const quantityText = ({ value, standardError }: Quantity): string => {
  if (Number.isNaN(value)) return "--";
  const known = standardError !== undefined && Number.isFinite(standardError) && standardError > 0;
  // An error that is far beyond its value says no more than that.
  const plain = known && Math.abs(standardError) < 1e3 * Math.abs(value);
  return `$${plain ? withError(value, standardError) : numberText(value)}$`;
};

const intervalText = (interval: readonly [number, number] | undefined): string =>
  interval === undefined || interval.some(Number.isNaN)
    ? "--"
    : `$[${numberText(interval[0], 4)},\\ ${numberText(interval[1], 4)}]$`;

const cellText = (cell: Cell): string => {
  if (cell === undefined) return "--";
  if (typeof cell === "string") return escapeLatex(cell);
  return isQuantity(cell) ? quantityText(cell) : `$${numberText(cell)}$`;
};

/** Rows that stand on one page. */
const LONGEST = 40;

/** A table with its rules, and with the intervals of its numbers in columns of their own where it has few. */
const tableText = (table: ExportTable): string => {
  const intervals = ["estimates", "predictions"].includes(table.name);
  const columns = table.columns.flatMap(({ title }, i) => {
    const cells = table.rows.map((row) => row[i]);
    const [quantities, texts] = [cells.filter(isQuantity), cells.every((cell) => typeof cell !== "number")];
    const own = {
      head: titled(title),
      align: quantities.length === 0 && texts ? "l" : "r",
      text: (cell: Cell) => cellText(cell),
    };
    const extra = (head: string, of: (quantity: Quantity) => readonly [number, number] | undefined) =>
      intervals && quantities.some((quantity) => of(quantity) !== undefined)
        ? [{ head, align: "r", text: (cell: Cell) => (isQuantity(cell) ? intervalText(of(cell)) : "--") }]
        : [];
    return [
      ...[own].map((one) => ({ ...one, at: i })),
      ...extra("95\\,\\% interval", ({ ci95 }) => ci95).map((one) => ({ ...one, at: i })),
      ...extra("a new run falls in", ({ interval95 }) => interval95).map((one) => ({ ...one, at: i })),
    ];
  });
  const head = `${columns.map((one) => one.head).join(" & ")} \\\\`;
  const body = table.rows.map((row) => `${columns.map((one) => one.text(row[one.at])).join(" & ")} \\\\`);
  const align = columns.map((one) => one.align).join("");
  const caption = `\\caption{${table.caption}}`;
  const label = `\\label{tab:isoflop-${table.name}}`;
  if (body.length > LONGEST)
    return [
      `\\begin{longtable}{${align}}`,
      `${caption}${label}\\\\`,
      "\\toprule",
      head,
      "\\midrule",
      "\\endfirsthead",
      "\\toprule",
      head,
      "\\midrule",
      "\\endhead",
      "\\bottomrule",
      "\\endfoot",
      ...body,
      "\\end{longtable}",
    ].join("\n");
  return [
    "\\begin{table}[htbp]",
    "\\centering",
    caption,
    label,
    `\\begin{tabular}{${align}}`,
    "\\toprule",
    head,
    "\\midrule",
    ...body,
    "\\bottomrule",
    "\\end{tabular}",
    "\\end{table}",
  ].join("\n");
};

/** How such a file begins, so that it is known again. */
export const LATEX_HEAD = "% isoflop export: tables for";

/** Tables for a paper, with booktabs; long ones go over pages. */
export const tablesAsLatex = (tables: readonly ExportTable[], from: string): string => {
  const long = tables.some(({ rows }) => rows.length > LONGEST);
  const needs = ["amsmath", "booktabs", ...(long ? ["longtable"] : [])];
  const head = [
    `${LATEX_HEAD} ${needs.map((name) => `\\usepackage{${name}}`).join(" ")}`,
    `% of ${from.replace(/[^\x20-\x7e]/g, "?")}; +/- is one standard error, intervals are at 95 %`,
  ];
  return `${[...head, "", ...tables.map((table) => `${tableText(table)}\n`)].join("\n")}`;
};
