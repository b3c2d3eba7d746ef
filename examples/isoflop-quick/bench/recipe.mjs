// The recipe that the scripts of this folder measure, and how they train it: single cells of a grid, on seeds that no study uses.
import { ladder, ladderRules } from "@isoflop/flops";
import { contentOf, runSweep, sweepGrid } from "@isoflop/sweep";
import { dataOpener, fileRunStore, workerRunners } from "@isoflop/sweep/node";
import { setupFor } from "@isoflop/train";

/** Opens data by their records, each once. */
export const openData = dataOpener();

/** The first of the seeds that are left to these scripts. */
export const SEED = 1000;

/** What a model is beside its size. */
export const model = { qkNorm: "rms", time: "added", mlpRatio: 2 };

/** How a run is trained, whatever its size. */
export const recipe = {
  optimizer: {
    ...{ beta1: 0.9, beta2: 0.99, warmup: 0.05, decay: 0.3 },
    groups: [
      { match: "t_embedder.*", learningRate: 0.3 },
      { match: "context_embedder.*", learningRate: 3 },
    ],
  },
  averaging: { kind: "power", width: 0.05 },
  captionDropout: 0.1,
  validation: { images: 1024 },
};

/** The law that `learning-rate.mjs` finds. */
export const rule = { at: 0.0045, width: [32, -0.77], tokens: [5e5, -0.07], batch: [2, 0.66] };

/** The recipe that changes were first measured from: a wider MLP, and one rate for all parameters, with the law that was found for it. */
export const plainer = {
  rate: { at: 0.0038, width: [32, -0.73], tokens: [5e5, -0.13], batch: [2, 0.55] },
  change: { model: { mlpRatio: 4 }, optimizer: { groups: [] } },
};

/** `change` on top of `under`. */
export const changed = (under, change = {}) => ({
  ...under,
  ...change,
  model: { ...under.model, ...change.model },
  optimizer: { ...under.optimizer, ...change.optimizer },
});

/**
 * One run of a cell. `change` is merged into its model, optimizer and the rest of the recipe; its `size` gives depth or heads at a width in place
 * of the ladder's.
 * @returns the run as `sweepGrid` gives it, with `seed`
 */
export const runOf = async ({ data = "emoji", budget, width, batch = 2, seed = SEED, rate = rule, change = {} }) => {
  const written = { source: data, size: 16, seed };
  const source = await openData(written);
  const { model: kind, size, optimizer, ...rest } = change;
  const { patch = 2, ...setup } = { ...model, ...kind };
  const models = ladder({ ...setupFor(source, { patch, conditioning: "inContext" }), ...setup }, [width], (w) => ({
    ...ladderRules.shallow(w),
    ...size?.(w),
  }));
  const [run] = sweepGrid({
    ...{ budgets: [budget], models, batch, learningRate: rate, seed },
    base: {
      ...{ data: written, content: contentOf(source), ...recipe, ...rest },
      optimizer: { ...recipe.optimizer, ...optimizer },
    },
  });
  return { ...run, seed };
};

/** Trains what is not in the folder yet, `count` at a time on `threads` threads each. @returns the records in order */
export const trained = async (runs, { folder = "runs/bench", count = 2, threads = 1 } = {}) => {
  const runners = workerRunners({ count, threads });
  let said = 0;
  try {
    return await runSweep(
      runs.map(({ spec }) => spec),
      {
        ...{ store: fileRunStore(folder), runners },
        onProgress({ done, failed, total }) {
          if (done + failed === said) return;
          said = done + failed;
          process.stderr.write(`\r${said} of ${total} runs `);
        },
      },
    );
  } finally {
    process.stderr.write("\n");
    await Promise.all(runners.map((runner) => runner.close()));
  }
};
