import { type Figure, type Page, seriesFigure } from "@isoflop/plot";
import type { Moved } from "./coordinates.js";
import { bestRates, meanLosses, type Tried } from "./transfer.js";

const words: Readonly<Record<string, string>> = { standard: "standard parameterization", muP: "muP" };

/** The layers that tell most: what enters the blocks, what a block adds, and what comes out. */
const shownLayers = (moved: readonly Moved[]): string[] => {
  const layers = [...new Set(moved.map(({ layer }) => layer))];
  const wanted = [/embedder$/, /0\.attn$/, /1\.attn$/, /0\.mlp$/, /1\.mlp$/, /^(final_layer|prediction|output)/];
  return wanted.flatMap((pattern) => layers.find((layer) => pattern.test(layer)) ?? []);
};

/** A figure for each parameterization: how far a few steps move a layer, against width. */
export const coordinateFigures = (moved: readonly Moved[], widths: readonly number[]): Figure[] => {
  const layers = shownLayers(moved);
  return Object.keys(words).map((kind) =>
    seriesFigure(
      layers.flatMap((layer) => {
        const own = moved.find((one) => one.parameterization === kind && one.layer === layer);
        const points = (own?.changes ?? []).flatMap((y, i) => (y > 0 ? [{ x: widths[i]!, y }] : []));
        return points.length > 0 ? [{ name: layer, points }] : [];
      }),
      {
        caption: `${words[kind]}: mean absolute change of every layer's values over a few steps at one learning rate.`,
        x: { label: "width", scale: "log", format: "count" },
        y: { label: `change, ${words[kind]}`, scale: "log" },
      },
    ),
  );
};

/** A figure for each parameterization: loss against learning rate, a line for each width. */
export const transferFigures = (tried: readonly Tried[]): Figure[] =>
  Object.keys(words).map((kind) =>
    seriesFigure(
      [...new Set(tried.map(({ width }) => width))].map((width) => ({
        name: `width ${width}`,
        points: meanLosses(tried, kind, width).map(({ rate, loss }) => ({ x: rate, y: loss })),
      })),
      {
        caption: `${words[kind]}: validation loss after the same steps, against the learning rate that the base model is told.`,
        x: { label: "learning rate", scale: "log" },
        y: { label: `validation loss, ${words[kind]}`, scale: "log" },
      },
    ),
  );

export const pageOf = (
  {
    moved,
    widths,
    tried,
  }: { readonly moved: readonly Moved[]; readonly widths: readonly number[]; readonly tried: readonly Tried[] },
  setting: string,
): Page => ({
  title: "One learning rate for every width",
  lead: setting,
  sections: [
    {
      title: "The coordinate check",
      lead: "Training should move the values of every layer as far in a wide model as in a narrow one: flat lines. By the standard parameterization they rise.",
      figures: [
        {
          caption: "Change of values against width, standard and muP.",
          panels: coordinateFigures(moved, widths),
          name: "coordinates",
        },
      ],
    },
    {
      title: "Transfer of the learning rate",
      figures: [
        {
          caption: "Loss against learning rate at every width, standard and muP.",
          panels: transferFigures(tried),
          name: "transfer",
        },
      ],
      table: {
        head: ["parameterization", "width", "best rate", "error, a factor", "loss"],
        rows: bestRates(tried).map(({ parameterization, width, rate, error, loss }) => [
          ...[words[parameterization]!, String(width), rate.toPrecision(2)],
          ...[error === undefined ? "" : error.toFixed(2), loss.toFixed(4)],
        ]),
        names: 1,
      },
      notes: [
        "The best rate is the vertex of the parabola through the best of the rates tried and its neighbours; its error is over seeds, of which two say little.",
      ],
    },
  ],
});
