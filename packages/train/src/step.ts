import type { Objective } from "@isoflop/diffusion";
import { logNoise, loss, objectiveOn, stratified, uncertain } from "@isoflop/diffusion";
import { balanceLosses, type ParameterRate } from "@isoflop/dit";
import { only } from "@isoflop/spec";
import { type Device, type Jitted, jit, mean, random, stack, Tensor, valueAndGrad } from "@isoflop/tensor";
import * as v from "valibot";
import { type Captions, dropCaptions } from "./captions.js";
import { check, must } from "./errors.js";
import { type Factors, factorsOf, ratesSchema, resolveRates } from "./groups.js";
import type { Network } from "./network.js";
import { clipByNorm, moveAverage, type OptimizerState, updateParameters } from "./optimizer.js";
import { rateOf } from "./optimizers/optimizer.js";
import type { OptimizerSpec } from "./optimizers/spec.js";
import type { Packing } from "./pack.js";
import { type SnapshotSpec, snapshotsSchema, trackedNames } from "./snapshot.js";
import { optimizerSchema, trainFields } from "./spec.js";

/** What one step reads besides the state. All of it is data: one program serves every step of every seed. */
export interface StepInputs {
  /** f32 [batch, channels, height, width]. */
  readonly images: Tensor;
  /** Of the form that the network reads. */
  readonly captions: Captions;
  /** The run's key, u32 [2]. */
  readonly key: Tensor;
  /** Counted from 0, u32 []. */
  readonly step: Tensor;
  /** What the optimizer's `rates` give: of AdamW [learning rate, 1 − beta1^t, 1 − beta2^t], see `adamWRates`. */
  readonly rates: Tensor;
  /** How far the average moves, f32 []; see `averagingBlend`. */
  readonly blend: Tensor;
  /** The same of the averages that snapshots are of, f32 [widths]. Absent without any. */
  readonly tracked?: Tensor;
}

export interface StepOutputs {
  readonly state: OptimizerState<string>;
  /**
   * [mean loss of the batch, with the load-balance losses where they are added; norm of the gradient before clipping]. Of an objective with
   * `uncertainty` the loss is told as it is before it is divided by e^u.
   */
  readonly metrics: Tensor;
}

export interface StepOptions<P> {
  readonly device: Device;
  readonly model: Network<P>;
  readonly packing: Packing<P>;
  readonly objective: Objective;
  readonly optimizer: OptimizerSpec;
  /** Share of the captions replaced by the empty one: word 0 everywhere, or one vector of zeros. */
  readonly captionDropout: number;
  /** Averages to be tracked beside the measured one, as `tracked0`, `tracked1`, … of the state. */
  readonly snapshots?: SnapshotSpec;
  /** Weight of the load-balance losses of the network's experts, added to the loss. Default: none. */
  readonly balance?: number;
  /** Factors of every parameter, in the order of the packing's slots. Default: the optimizer's groups times what the model asks for. */
  readonly rates?: readonly ParameterRate[];
}

/** A spec's other fields may stand beside them. */
const stepOptions = only(["device", "packing", "rates", ...Object.keys(trainFields)]);

/**
 * One training step as one program: noise and times drawn on the device from the run's key folded with the step,
 * forward, backward, clipping, the optimizer and the average of the weights. The state is donated: the program overwrites it.
 * @throws TrainError `spec` for an unknown option, a dropout outside 0..1, an optimizer that is none, a group without parameters or rates that
 * are not one for each parameter, or an objective with an uncertainty that the model does not have
 */
export const trainStep = <P>(
  options: StepOptions<P>,
): Jitted<[state: OptimizerState<string>, inputs: StepInputs], StepOutputs> => {
  check(stepOptions, options, "options");
  const { device, model, packing } = options;
  const objective = objectiveOn(options.objective, device);
  const { uncertainty } = objective;
  must(
    !uncertainty || model.logVariance,
    "spec",
    "options.objective has an uncertainty, and the model no logVariance; take withLogVariance(model, objective)",
  );
  const captionDropout = check(trainFields.captionDropout, options.captionDropout, "options.captionDropout");
  const balance = check(v.optional(trainFields.balance.wrapped), options.balance, "options.balance");
  const optimizer = check(optimizerSchema, options.optimizer, "options.optimizer");
  const rated =
    check(v.optional(ratesSchema), options.rates, "options.rates") ??
    resolveRates(packing.slots, optimizer.groups, model.rates);
  must(
    rated.length === packing.slots.length,
    "spec",
    `options.rates is a list of ${rated.length}; it must have an entry for each of ${packing.slots.length} parameters`,
  );
  const names = trackedNames(check(v.optional(snapshotsSchema), options.snapshots, "options.snapshots"));
  const uploaded: Tensor[] = [];
  const factors = (): Factors => {
    const made = factorsOf(rated, packing.slots, device);
    uploaded.push(...Object.values(made).filter((factor) => factor instanceof Tensor));
    return made;
  };
  const program = jit(
    (
      state: OptimizerState<string>,
      { images, captions, key, step, rates, blend, tracked }: StepInputs,
    ): StepOutputs => {
      const blends = tracked?.shape[0] ?? 0;
      const right = `options.snapshots has ${names.length} widths`;
      must(blends === names.length, "spec", `inputs.tracked has ${blends} numbers; ${right}`);
      const lacking = names.find((name) => !state[name]);
      must(lacking === undefined, "spec", `state has no ${lacking}; ${right}`);
      const stepKey = random.foldIn(key, step);
      const [noiseKey, timeKey, captionKey] = random.split(stepKey, 3);
      const noise = random.normal(noiseKey!, images.shape);
      const t = stratified(objective.density, images.shape[0]!, timeKey!);
      const condition = dropCaptions(captions, captionDropout, captionKey!);
      /** What is made less, and what is told of it. */
      const lossOf = (flat: Tensor): readonly [value: Tensor, told: Tensor] => {
        const params = packing.unpack(flat);
        const balancing = balance ? balanceLosses() : undefined;
        const watched = balancing && { onActivation: balancing.onActivation };
        const given = { key: random.foldIn(stepKey, 3), ...watched };
        const denoise = (x: Tensor, time: Tensor): Tensor => model.apply(params, x, time, condition, given);
        const each = loss(objective, denoise, { x: images, noise, t });
        const balanced = (value: Tensor): Tensor => (balancing ? value.add(balancing.total().mul(balance!)) : value);
        const told = balanced(mean(each));
        if (!uncertainty) return [told, told];
        const u = model.logVariance!(params, logNoise(objective.path, t));
        return [balanced(mean(uncertain(each, u))), told];
      };
      const { extra, gradient } = valueAndGrad(lossOf)(state.weights);
      const clipped = clipByNorm(gradient, optimizer.clip);
      const next = updateParameters(state, clipped.gradient, rates, blend, optimizer, factors());
      const moved = names.map((name, i) => [name, moveAverage(state[name]!, next.weights, rateOf(tracked!, i))]);
      return {
        state: { ...next, ...Object.fromEntries(moved) } as OptimizerState<string>,
        metrics: stack([extra, clipped.norm]),
      };
    },
    { device, donate: [0] },
  );
  const dispose = (): void => {
    program.dispose();
    for (const tensor of uploaded.splice(0)) tensor.dispose();
  };
  return Object.assign((...args: Parameters<typeof program>) => program(...args), {
    program: program.program,
    dispose,
  });
};
