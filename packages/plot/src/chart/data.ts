import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.js";
import type { Axes } from "./marks.js";

/** What one mark of a figure stands for: numbers and names by column. */
export type DataRow = Readonly<Record<string, number | string>>;

/** The numbers of a figure as they are drawn, one row a mark. */
export interface FigureData {
  readonly head: readonly string[];
  /** Cells in the order of `head`; undefined where a mark has none. */
  readonly rows: readonly (readonly (number | string | undefined)[])[];
}

/** Columns that say what a row is of. They stand first. */
const leading = ["panel", "series", "group", "run", "budget, FLOPs"];

/** Rows under all columns that one of them has: what they are of, then quantities, each with its ends beside it. */
export const tableOf = (rows: readonly DataRow[]): FigureData => {
  const found = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const quantities = found.filter((name) => !leading.includes(name));
  const head = [
    ...leading.filter((name) => found.includes(name)),
    ...[...new Set(quantities.map(quantityOf))].flatMap((name) =>
      [name, ...ends.map((end) => name + end)].filter((column) => quantities.includes(column)),
    ),
  ];
  return { head, rows: rows.map((row) => head.map((name) => row[name])) };
};

const ends = [", low", ", high"];

const quantityOf = (column: string): string => column.replace(/, (?:low|high)$/, "");

/** Data of several figures as one, with a first column that says of which. */
export const joined = (parts: readonly { readonly name: string | number; readonly data: FigureData }[]): FigureData =>
  tableOf(
    parts.flatMap(({ name, data: { head, rows } }) =>
      rows.map((cells) => ({
        panel: name,
        ...Object.fromEntries(head.flatMap((column, i) => (cells[i] === undefined ? [] : [[column, cells[i]]]))),
      })),
    ),
  );

/** Comma-separated values as RFC 4180 has them, every digit of the numbers. */
export const csvOf = ({ head, rows }: FigureData): string =>
  [head, ...rows].map((cells) => `${cells.map(cell).join(",")}\n`).join("");

const cell = (value: number | string | undefined): string => {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  // A spreadsheet would take words that begin like this for a formula.
  const text = /^[=+@-]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Marks that hold no numbers of the record: halos, and lines that only guide the eye. */
const guides = new Set(["halo", "zero", "diagonal", "equal", "fitted"]);

/** Properties of what is drawn that say what it is of, and what they are called. */
const names = { C: "budget, FLOPs", run: "run", group: "group" } as const;

/** More points than this are a curve, which was sampled or averaged: it is told to as many digits as any picture shows. */
const [curve, digits] = [60, 8];

/** What Plot's marks hold, of which its types do not tell. */
interface Held {
  readonly data: readonly unknown[];
  readonly channels: Readonly<Record<string, { readonly value: unknown }>>;
  readonly className?: string;
}

const isHeld = (mark: unknown): mark is Held =>
  typeof mark === "object" && mark !== null && "channels" in mark && Array.isArray((mark as Held).data);

/** What the marks of a chart hold, in the units of its axes. @internal */
export const rowsOf = (marks: readonly Plot.Markish[], { x, y }: Axes): DataRow[] =>
  marks.flatMap((mark): DataRow[] => {
    if (Array.isArray(mark)) return rowsOf(mark, { x, y });
    if (!isHeld(mark)) return [];
    const { data, channels, className = "mark" } = mark;
    if (guides.has(className)) return [];
    const columns = places.flatMap(([channel, along, end]) => {
      const held = channels[channel];
      const axis = along === "x" ? x : y;
      const values = held && Plot.valueof(data as Plot.Data, held.value as Plot.ChannelValue, Array);
      // An area has one end across and two upright.
      const alone = end !== "" && !(channels[`${along}1`] && channels[`${along}2`]);
      return values ? [{ name: nameOf(axis) + (alone ? "" : end), values, times: axis.times ?? 1 }] : [];
    });
    return data.map((datum, i) => {
      const said = Object.entries(names).flatMap(([key, name]) => {
        const value = (datum as Readonly<Record<string, unknown>> | null)?.[key];
        return typeof value === "number" || typeof value === "string" ? [[name, value] as const] : [];
      });
      const numbers = columns.flatMap(({ name, values, times }) => {
        const value: unknown = values[i];
        if (typeof value !== "number") return [];
        const exact = value * times;
        return [[name, data.length > curve ? Number(exact.toPrecision(digits)) : exact] as const];
      });
      return { series: className, ...Object.fromEntries([...said, ...numbers]) };
    });
  });

const places = [
  ["x", "x", ""],
  ["x1", "x", ", low"],
  ["x2", "x", ", high"],
  ["y", "y", ""],
  ["y1", "y", ", low"],
  ["y2", "y", ", high"],
] as const;

const nameOf = ({ label }: Axis): string => label.replace(/ \(log\)$/, "");
