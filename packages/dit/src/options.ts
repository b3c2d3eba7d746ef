import type { Checkpointing, ResolvedConfig } from "@isoflop/flops";
import { only, read, shown as valueText } from "@isoflop/spec";
import { random, type Tensor } from "@isoflop/tensor";
import type { OnActivation, Run } from "./blocks.js";
import { operandText } from "./condition.js";
import { trunks } from "./conditioning/index.js";
import { DitError, must, shown } from "./errors.js";

/** How a model is run; nothing of it is in the config, as it changes no parameter and no prediction. */
export interface DitOptions {
  /**
   * "blocks": a gradient keeps the input of each block and computes the rest again, block by block. The gradient is the same but for
   * rounding. Default "none".
   */
  readonly checkpointing?: Checkpointing;
  /**
   * Stochastic depth (Huang et al., arXiv 1603.09382), where `apply` is given a key: the share of samples, at least 0 and below 1, that
   * the branches of the last block leave out; it rises linearly from block to block. Default 0.
   */
  readonly dropPath?: number;
}

/** What may be handed to one forward pass. */
export interface ApplyOptions {
  /** f32 [n, timeFeatures] in place of the sines and cosines of t, which is then not looked at: features that other code rounded otherwise. */
  readonly timeFeatures?: Tensor;
  /**
   * f32 [n], the scale of guidance that the model imitates, such as 3.5: where the config has `guidance`, and only there. The network sees
   * sines of a thousand times it.
   */
  readonly guidance?: Tensor;
  /** Switches on what is random in training. Without one the model is deterministic; the same key gives the same numbers on every backend. */
  readonly key?: random.Key;
  /** Is shown every intermediate value by its name while the pass is traced, and may put another in its place. */
  readonly onActivation?: OnActivation;
}

const [ofDit, ofApply] = [
  only(["checkpointing", "dropPath"]),
  only(["timeFeatures", "guidance", "key", "onActivation"]),
];

const wrong = (code: "config" | "shape") => ({ name: "options", error: (text: string) => new DitError(code, text) });

/** @throws DitError("config") naming the option, its value and what would be right */
export const checkDitOptions = ({ conditioning }: ResolvedConfig, options: DitOptions): DitOptions => {
  read(ofDit, options, wrong("config"));
  const { checkpointing = "none", dropPath = 0 } = options;
  const known = checkpointing === "none" || checkpointing === "blocks";
  const modes = `options.checkpointing is ${valueText(checkpointing)}; it must be "none" or "blocks".`;
  must(known, "config", modes);
  const share = typeof dropPath === "number" && dropPath >= 0 && dropPath < 1;
  must(share, "config", `options.dropPath is ${valueText(dropPath)}; it must be a number of at least 0 and below 1.`);
  const plain = checkpointing === "none" && dropPath === 0;
  const told = `the trunk of "${conditioning}" does not run its blocks by runBlocks, and takes no checkpointing and no dropPath.`;
  must(plain || trunks.get(conditioning).runs, "config", told);
  return options;
};

/** @throws DitError("shape") naming the option, what it is and what would be right */
export const checkApplyOptions = (config: ResolvedConfig, n: number, options: ApplyOptions): void => {
  read(ofApply, options, wrong("shape"));
  const { timeFeatures, guidance, key, onActivation } = options;
  const features = timeFeatures === undefined ? undefined : operandText(timeFeatures);
  const right = `f32${shown([n, config.timeFeatures])}`;
  must((features ?? right) === right, "shape", `options.timeFeatures is ${features}; a batch of ${n} takes ${right}.`);
  const scale = guidance === undefined ? "missing" : operandText(guidance);
  const takes = config.guidance ? `takes one scale each, f32[${n}]` : "has none: config.guidance is not true";
  must(
    scale === (config.guidance ? `f32[${n}]` : "missing"),
    "shape",
    `options.guidance is ${scale}; the model ${takes}.`,
  );
  const word = key === undefined ? undefined : operandText(key);
  must((word ?? "u32[2]") === "u32[2]", "shape", `options.key is ${word}; it must be a key of random.key, u32[2].`);
  const sees = onActivation === undefined || typeof onActivation === "function";
  must(
    sees,
    "shape",
    `options.onActivation is ${valueText(onActivation)}; it must be a function of a name and a tensor.`,
  );
};

/** Every random part draws from a stream of its own. */
export const runOf = ({ checkpointing, dropPath }: DitOptions, { key, onActivation }: ApplyOptions): Run => ({
  ...(checkpointing && { checkpointing }),
  ...(dropPath && key && { dropPath, key: random.foldIn(key, 0) }),
  ...(onActivation && { onActivation }),
});
