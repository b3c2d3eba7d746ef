import type { DitConfig } from "./config.js";
import { type Convention, conventions } from "./convention.js";
import { byPart } from "./count.js";
import { onlyKeys } from "./errors.js";
import { type Layer, type Part, parts } from "./layers.js";
import { checkPrecision, type Precision, precisions } from "./memory.js";
import { savedElements } from "./operations.js";
import { parameters } from "./parameters.js";
import { training } from "./passes.js";
import { layers } from "./resolve.js";
import type { Bytes, Flops, Parameters } from "./units.js";

/** What a part of a model has, does and keeps, for one sample. */
export interface SummaryRow {
  /** Trainable numbers. */
  readonly parameters: Parameters;
  readonly forward: Flops;
  /** Forward and backward. */
  readonly training: Flops;
  /** What a backward pass keeps of the forward pass, with fused attention and without checkpoints. */
  readonly activations: Bytes;
}

/** A model part by part, and all of it. */
export interface Summary {
  /** In the order of the forward pass; parts that a model has not are absent. */
  readonly parts: readonly (SummaryRow & { readonly part: Part })[];
  readonly total: SummaryRow;
  /** What counts as work. */
  readonly convention: Convention;
  /** Of `total.parameters` those that one token meets: fewer where there are experts. */
  readonly active: Parameters;
}

export interface SummaryOptions {
  /** Default `conventions.exact`. One that estimates from N knows no parts. */
  readonly convention?: Convention;
  /** Default `precisions.f32`. */
  readonly precision?: Precision;
}

const sum = (rows: readonly SummaryRow[], field: keyof SummaryRow): number =>
  rows.reduce((total, row) => total + row[field], 0);

/**
 * Parameters, FLOPs and kept activations by part: what {@link account}, `training` and `memory` count, side by side.
 * @throws FlopsError if the config, the convention or the precision is wrong.
 */
export const summary = (config: DitConfig, options: SummaryOptions = {}): Summary => {
  onlyKeys("config", "summary's options", options, ["convention", "precision"]);
  const { convention = conventions.exact, precision = precisions.f32 } = options;
  checkPrecision(precision);
  const [all, count] = [layers(config), parameters(config)];
  const { forward, total: step } = training(config, convention);
  const [once, trained] = [byPart(forward), byPart(step)];
  const kept = ({ operation, times }: Layer): number => times * savedElements(operation, true);
  const rows = parts
    .filter((part) => all.some((layer) => layer.part === part))
    .map((part) => ({
      part,
      parameters: count.parts[part] ?? 0,
      forward: once[part] ?? 0,
      training: trained[part] ?? 0,
      activations: precision.activation * all.reduce((n, layer) => n + (layer.part === part ? kept(layer) : 0), 0),
    }));
  const total: SummaryRow = {
    ...{ parameters: count.trainable, forward: forward.total, training: step.total },
    activations: sum(rows, "activations"),
  };
  return { convention, parts: rows, total, active: count.active };
};

const columns = ["parameters", "forward", "training", "activations"] as const;

/** A summary as a table of text, a line a part. */
export const formatSummary = ({ convention, parts: rows, total, active }: Summary): string => {
  const unit = convention.unit === "flop" ? "FLOPs" : "MACs";
  const digits = (value: number): string => value.toLocaleString("en-US");
  const heads = ["", "parameters", `forward ${unit}`, `training ${unit}`, "activations, bytes"];
  const line = (name: string, row: SummaryRow): string[] => [name, ...columns.map((column) => digits(row[column]))];
  const cells = [heads, ...rows.map((row) => line(row.part, row)), line("all", total)];
  if (active !== total.parameters) cells.push(["active", digits(active), "", "", ""]);
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const padded = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!));
  return cells.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
};
