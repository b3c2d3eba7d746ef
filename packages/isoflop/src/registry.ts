import type { Command } from "commander";

/** The file `command.ts` of a folder: it adds its arguments, options and action to the command it is given. */
export interface CommandModule {
  configure(command: Command): void;
}

interface Entry {
  /** Words after `isoflop`. */
  readonly path: readonly [string] | readonly [string, string];
  readonly summary: string;
  /** Only the command that was asked for is loaded, so that help is fast and a fit loads no tensors. */
  readonly load: () => Promise<CommandModule>;
}

/** Groups of commands and what they are for. */
export const groups: Readonly<Record<string, string>> = {
  runs: "the runs of a store: list, show, compare, verify, remove",
  fit: "fit a scaling law to a table of runs",
};

/** Every command. A new one is one folder and one entry here. */
export const registry: readonly Entry[] = [
  {
    path: ["reproduce"],
    summary: "find a scaling law from nothing and check it: train, fit, predict, train there, compare",
    load: () => import("./reproduce/command.js"),
  },
  {
    path: ["study"],
    summary: "a study of one's own: train, fit, predict, check and report what a file says",
    load: () => import("./study/command.js"),
  },
  {
    path: ["init"],
    summary: "a study file to begin with, every field explained, and its schema for editors",
    load: () => import("./init/command.js"),
  },
  {
    path: ["plan"],
    summary: "the runs of a study before any is trained: sizes, tokens, steps, memory, device-hours",
    load: () => import("./plan/command.js"),
  },
  {
    path: ["train"],
    summary: "train one model, or go on where it was interrupted",
    load: () => import("./train/command.js"),
  },
  {
    path: ["watch"],
    summary: "a study that is trained elsewhere: how far it is, and the losses so far",
    load: () => import("./watch/command.js"),
  },
  {
    path: ["runs", "list"],
    summary: "the runs of a store: state, size, loss, age, and the studies that use them",
    load: () => import("./runs-command/list/command.js"),
  },
  {
    path: ["runs", "show"],
    summary: "all that is known of one run",
    load: () => import("./runs-command/show/command.js"),
  },
  {
    path: ["runs", "compare"],
    summary: "losses of runs on the same validation samples: their differences, far sharper than each loss",
    load: () => import("./runs-command/compare/command.js"),
  },
  {
    path: ["runs", "verify"],
    summary: "whether records, checkpoints and logs of runs are whole, and what to do where they are not",
    load: () => import("./runs-command/verify/command.js"),
  },
  {
    path: ["runs", "rm"],
    summary: "remove runs",
    load: () => import("./runs-command/rm/command.js"),
  },
  {
    path: ["runs", "gc"],
    summary: "remove the runs that no study uses",
    load: () => import("./runs-command/gc/command.js"),
  },
  {
    path: ["sample"],
    summary: "pictures from a trained model",
    load: () => import("./sample/command.js"),
  },
  {
    path: ["report"],
    summary: "the report of a study or of any folder of runs, made again",
    load: () => import("./report/command.js"),
  },
  {
    path: ["fit", "isoflop"],
    summary: "loss against size at equal compute, and power laws through the optima (Approach 2)",
    load: () => import("./fit/isoflop/command.js"),
  },
  {
    path: ["fit", "approach1"],
    summary: "the envelope of training curves, and power laws through it (Approach 1)",
    load: () => import("./fit/approach1/command.js"),
  },
  {
    path: ["fit", "surface"],
    summary: "one surface L(N, D) through all runs (Approach 3)",
    load: () => import("./fit/surface/command.js"),
  },
  {
    path: ["fit", "data-constrained"],
    summary: "a surface for repeated data, L(N, D) of U unique tokens",
    load: () => import("./fit/data-constrained/command.js"),
  },
  {
    path: ["fit", "shared"],
    summary: "a surface for each of several studies, with exponents in common",
    load: () => import("./fit/shared/command.js"),
  },
  {
    path: ["fit", "rollout"],
    summary: "forms of surface side by side: which of them foresees larger runs, and a mixture of them",
    load: () => import("./fit/rollout/command.js"),
  },
  {
    path: ["fit", "joint"],
    summary: "all isoFLOP curves in one fit, its floor integrated out",
    load: () => import("./fit/joint/command.js"),
  },
  {
    path: ["fit", "law"],
    summary: "one law y(x): a power law, one with a floor, one that breaks, …",
    load: () => import("./fit/law/command.js"),
  },
  {
    path: ["fit", "hyperparameter"],
    summary: "the best learning rate, batch size, … against C, or N and D, from optima or raw sweeps",
    load: () => import("./fit/hyperparameter/command.js"),
  },
  {
    path: ["fit", "link"],
    summary: "a metric, such as FID or accuracy, as a function of the loss",
    load: () => import("./fit/link/command.js"),
  },
  {
    path: ["fit", "schedule"],
    summary: "loss curves under any learning-rate schedule (multi-power law)",
    load: () => import("./fit/schedule/command.js"),
  },
  {
    path: ["predict"],
    summary: "size, tokens and loss at a compute, with intervals",
    load: () => import("./predict/command.js"),
  },
  {
    path: ["collapse"],
    summary: "whether the training curves of a sweep are one curve, and which runs are not of it",
    load: () => import("./collapse/command.js"),
  },
  {
    path: ["levels"],
    summary: "laws by noise level, and of a loss that weighs the levels in another way",
    load: () => import("./levels/command.js"),
  },
  {
    path: ["floor"],
    summary: "the least loss that any model can have on data whose images are drawn by known rules",
    load: () => import("./floor/command.js"),
  },
  {
    path: ["diagnose"],
    summary: "what the loss of a model is made of: size, data or the floor; and what more of each would buy",
    load: () => import("./diagnose/command.js"),
  },
  {
    path: ["compare"],
    summary: "two laws: which is better where, by how much compute, and where they cross",
    load: () => import("./compare/command.js"),
  },
  {
    path: ["laws"],
    summary: "published scaling laws: what is printed, where, and what it counts",
    load: () => import("./laws/command.js"),
  },
  {
    path: ["plan-next"],
    summary: "the next runs that make an extrapolation most certain",
    load: () => import("./plan-next/command.js"),
  },
  {
    path: ["import"],
    summary: "one table of runs from logs of W&B, TensorBoard, CSV or JSONL",
    load: () => import("./import/command.js"),
  },
  {
    path: ["export"],
    summary: "a fit, a study or a table as CSV, JSON, LaTeX, BibTeX and figures",
    load: () => import("./export/command.js"),
  },
  {
    path: ["flops"],
    summary: "FLOPs, parameters and tokens of a model, by part",
    load: () => import("./flops/command.js"),
  },
  {
    path: ["info"],
    summary: "versions, and the device that would be picked",
    load: () => import("./info/command.js"),
  },
];
