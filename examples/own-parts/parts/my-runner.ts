import { allocateBatch } from "@isoflop/data";
import { loss, stratified } from "@isoflop/diffusion";
import { canonicalJson, kind, number } from "@isoflop/spec";
import { type RunFunction, trainingOf } from "@isoflop/sweep";
import { add, jit, leavesOf, mean, mul, random, sign, stack, sub, type Tensor, valueAndGrad } from "@isoflop/tensor";
import {
  averagingBlend,
  buildObjective,
  type Captions,
  clipByNorm,
  DivergedError,
  dropCaptions,
  modelOf,
  packTree,
  restoreState,
  saveState,
  scheduleFactor,
  uploadCaptions,
  validate,
} from "@isoflop/train";
import * as v from "valibot";

const share = number({ atLeast: 0, below: 1 });

/** Lion keeps one moment. */
interface State {
  readonly weights: Tensor;
  readonly m: Tensor;
  readonly average: Tensor;
}

/**
 * Training by Lion (arXiv 2302.06675, algorithm 2) in the place of AdamW: every weight moves by the learning rate, in the direction of the sign of
 * its momentum. Its rates are three to ten times lower than AdamW's. Everything else, the data's order, noise, schedule, average of the
 * weights, validation, checkpoints, is that of the usual train function, so that runs of both compare.
 */
export const runner = kind({
  name: "lion",
  about: "Lion in the place of AdamW",
  options: { beta1: v.optional(share, 0.9), beta2: v.optional(share, 0.99) },
  build:
    ({ beta1, beta2 }): RunFunction =>
    async (task, { device, data, checkpoints, checkpointSeconds, signal, onProgress }) => {
      const spec = trainingOf(task);
      const { optimizer, steps, batch, seed } = spec;
      if (optimizer.kind !== undefined)
        throw new Error(`optimizer.kind is "${optimizer.kind}"; Lion stands in the place of AdamW, so leave it out`);
      if (optimizer.groups || spec.snapshots)
        throw new Error(
          "Lion moves all weights alike and keeps no snapshots; leave optimizer.groups and snapshots out",
        );
      const [model, objective] = [modelOf(spec), buildObjective(spec.objective)];
      const packing = packTree(model.init(random.key(0)));

      const { checkpoint } = await checkpoints.latest();
      let step = checkpoint?.step ?? 0;
      const before = checkpoint?.seconds ?? 0;
      const upload = (values: Float32Array): Tensor => device.tensor(values) as unknown as Tensor;
      const initial = async (): Promise<State> => {
        const weights = (await packing.pack(model.init(random.key(seed))).data(device)) as Float32Array;
        return { weights: upload(weights), m: upload(new Float32Array(packing.size)), average: upload(weights) };
      };
      const restored = (): State => {
        const { v: unused, ...kept } = restoreState(checkpoint!, packing, device);
        unused.dispose();
        return kept;
      };
      let state = checkpoint ? restored() : await initial();

      const advance = jit(
        ({ weights, m, average }: State, x: Tensor, captions: Captions, at: Tensor, rate: Tensor, blend: Tensor) => {
          const [noiseKey, timeKey, captionKey] = random.split(random.foldIn(random.key(seed), at), 3);
          const noise = random.normal(noiseKey!, x.shape);
          const t = stratified(objective.density, x.shape[0]!, timeKey!);
          const told = dropCaptions(captions, spec.captionDropout, captionKey!);
          const lossOf = (flat: Tensor): Tensor => {
            const params = packing.unpack(flat);
            return mean(loss(objective, (noisy, time) => model.apply(params, noisy, time, told), { x, noise, t }));
          };
          const { value, gradient } = valueAndGrad(lossOf)(weights);
          const { gradient: g, norm } = clipByNorm(gradient, optimizer.clip);
          const direction = sign(add(mul(m, beta1), mul(g, 1 - beta1)));
          const moved = sub(weights, mul(add(direction, mul(weights, optimizer.weightDecay)), rate));
          const next = { weights: moved, m: add(mul(m, beta2), mul(g, 1 - beta2)) };
          return {
            state: { ...next, average: add(average, mul(sub(moved, average), blend)) },
            metrics: stack([value, norm]),
          };
        },
        { device, donate: [0] },
      );

      const started = performance.now();
      const seconds = (): number => before + (performance.now() - started) / 1000;
      const save = async (): Promise<void> => {
        const arrays = await saveState({ ...state, v: state.m }, packing);
        await checkpoints.save({ step, seconds: seconds(), spec: canonicalJson(spec), arrays });
      };
      const blendOf = averagingBlend(spec.averaging);
      const filled = allocateBatch(data, batch);
      let saved = seconds();
      try {
        while (step < steps) {
          data.batch("train", step * batch, batch, filled);
          const learningRate = optimizer.learningRate * scheduleFactor(optimizer, step, steps);
          const given = [
            device.tensor(filled.images, [batch, ...data.shape]) as unknown as Tensor,
            uploadCaptions(device, data, filled, batch, model.reads),
            device.tensor(Uint32Array.of(step), [], "u32"),
            device.tensor(Float32Array.of(learningRate), []),
            device.tensor(Float32Array.of(blendOf(step)), []),
          ] as const;
          const out = advance(state, ...given);
          state = out.state;
          const [value, gradientNorm] = (await out.metrics.data()) as Float32Array;
          for (const tensor of leavesOf([...given, out.metrics])) tensor.dispose();
          if (!Number.isFinite(value) || !Number.isFinite(gradientNorm))
            throw new DivergedError(step, learningRate, `the loss of step ${step} is ${value}`);
          const metrics = [{ step, loss: value!, gradientNorm: gradientNorm!, learningRate }];
          await onProgress({ step: ++step, metrics });
          if (signal.aborted || step === steps || seconds() - saved > checkpointSeconds) {
            await save();
            saved = seconds();
          }
          if (step < steps) signal.throwIfAborted();
        }
        const trained = seconds();
        const weights = device.scope(() => packing.unpack(state.average));
        const { validation } = spec;
        const measured = await validate(weights, { device, model, objective, data, validation, signal });
        for (const tensor of leavesOf(weights)) tensor.dispose();
        return { loss: measured.mean, lossStdErr: measured.stdErr, seconds: trained };
      } finally {
        for (const tensor of Object.values(state)) tensor.dispose();
        advance.dispose();
      }
    },
});
