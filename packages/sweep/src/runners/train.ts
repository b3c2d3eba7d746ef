import { kind } from "@isoflop/spec";
import { leavesOf } from "@isoflop/tensor";
import { train } from "@isoflop/train";
import { trainingOf } from "../task.js";
import type { RunFunction } from "./runner.js";

/** `train` of `@isoflop/train`: the spec's optimizer from the first step to the last. */
export const trainFunction = kind({
  name: "train",
  about: "the spec's optimizer on the objective's loss, as @isoflop/train has it",
  options: {},
  build:
    (): RunFunction =>
    async (task, { checkpoints, ...context }) => {
      const { device, data, checkpointSeconds, checkpointing, signal, onProgress, onRejected } = context;
      const { weights, validation, seconds } = await train(trainingOf(task), {
        ...{ device, data, store: checkpoints, signal, checkpointSeconds, checkpointing, onRejected },
        onProgress: ({ step, metrics }) => onProgress({ step, metrics }),
      });
      for (const tensor of leavesOf(weights)) tensor.dispose();
      const { mean: loss, stdErr: lossStdErr, bins: lossBins } = validation;
      return { loss, lossStdErr, lossBins, validation, seconds };
    },
});
