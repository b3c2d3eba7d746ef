import { expertSlots, hasExperts, type ResolvedConfig, type ResolvedExperts } from "@isoflop/flops";
import {
  arange,
  bitAnd,
  concat,
  cumsum,
  equal,
  iota,
  less,
  linear,
  max,
  maximum,
  mean,
  min,
  scatterAdd,
  select,
  softmax,
  split,
  stopGradient,
  sum,
  type Tensor,
  take,
  zeros,
} from "@isoflop/tensor";
import { feedForward, type Mlp, mlpSpecs } from "./block.js";
import type { Running } from "./blocks.js";
import { xavier } from "./initializers.js";
import { meanOf } from "./lengths.js";
import { linearSpec, type SpecsOf } from "./spec.js";

/** A mixture of experts: a router, and the MLPs that it chooses from. */
export interface Mixture {
  /** [count, d]. It has no bias. */
  readonly router: { readonly weight: Tensor };
  readonly experts: readonly Mlp[];
}

/** The MLP of a block, or the mixture in its place. */
export type FeedForward = Mlp | Mixture;

/** Specs of the MLP of block `index`, from 0. */
export const feedForwardSpecs = (config: ResolvedConfig, index: number): SpecsOf<Mlp> | SpecsOf<Mixture> => {
  const { experts, width } = config;
  if (!hasExperts(experts, index)) return mlpSpecs(config);
  const { weight } = linearSpec("mlp", width, experts.count, xavier(width, experts.count), "output");
  return { router: { weight }, experts: Array.from({ length: experts.count }, () => mlpSpecs(config)) };
};

/** One choice of an expert by every token. */
interface Choice {
  /** Whether an expert is the one, bool [n, T, count]. */
  readonly chosen: Tensor;
  /** Its place among the tokens that chose it, f32 [n, T]: those of earlier choices come first, then earlier tokens. */
  readonly place: Tensor;
}

/** The `active` largest of probabilities [n, T, count], the first of equals, by the tokens that count. */
const choices = (probabilities: Tensor, active: number, counted: Tensor): readonly Choice[] => {
  const count = probabilities.shape[2]!;
  const each = arange(count);
  let [left, taken] = [stopGradient(probabilities), undefined as Tensor | undefined];
  return Array.from({ length: active }, () => {
    const best = equal(left, max(left, [2], { keepDims: true }));
    const chosen = bitAnd(equal(each, min(select(best, each, count), [2], { keepDims: true })), counted);
    const ones = chosen.cast("f32");
    const before = cumsum(ones, 1).sub(ones);
    const place = sum((taken ? before.add(taken) : before).mul(ones), [2]);
    const now = sum(ones, [1], { keepDims: true });
    taken = taken ? taken.add(now) : now;
    left = select(chosen, -1, left);
    return { chosen, place };
  });
};

/**
 * Load-balance loss (Switch Transformer, arXiv 2101.03961, eq. 4 to 6, for several choices as well): count · Σ f_i P_i over the batch, f_i the
 * share of the choices that fell on expert i, P_i the mean of its probability. 1 where all experts are chosen alike, up to `count`.
 */
const balanceOf = (probabilities: Tensor, all: readonly Choice[], lengths: Tensor | undefined): Tensor => {
  const chosen = all.map(({ chosen }) => chosen.cast("f32")).reduce((a, b) => a.add(b));
  const total = sum(chosen, [0, 1]);
  const shares = total.div(sum(total));
  const weights = lengths ? lengths.cast("f32").div(sum(lengths.cast("f32"))) : undefined;
  const each = meanOf(probabilities, lengths);
  const means = weights ? sum(each.mul(weights.reshape([weights.size, 1])), [0]) : mean(each, [0]);
  return sum(shares.mul(means)).mul(probabilities.shape[2]!);
};

/** What a mixture makes of x [n, T, d], and its load-balance loss, []. */
export interface Mixed {
  readonly out: Tensor;
  readonly balance: Tensor;
}

/**
 * A mixture of experts on x [n, T, d], of which the first `lengths`, i32 [n], count where those are given. Gates are as in Switch and DiT-MoE
 * (arXiv 2407.11633): softmax over all experts, then the largest `active`, not normalised again. Every sample has its own room in each
 * expert, so that samples do not see each other; a token without room, or that does not count, gives 0. Tokens are fetched and brought
 * back by look-ups, so that only the products of `count` experts on their room are computed.
 */
export const mix = (params: Mixture, x: Tensor, config: ResolvedExperts, lengths?: Tensor): Mixed => {
  const [n, tokens, d] = x.shape as [number, number, number];
  const count = params.experts.length;
  const room = expertSlots(config, tokens);
  const probabilities = softmax(linear(x, params.router.weight));
  const counted = less(arange(tokens).reshape([1, tokens, 1]), lengths ? lengths.reshape([n, 1, 1]) : tokens);
  const all = choices(probabilities, config.active, counted);

  // The places of expert e for sample i are rows (e · n + i) · room and on, of one table for all experts.
  const sample = arange(n).reshape([n, 1]);
  const expert = arange(count).reshape([1, 1, count]);
  const routes = all.map(({ chosen, place }) => {
    // A token that chose none has no room.
    const kept = less(place, sum(chosen.cast("f32"), [2]).mul(room));
    const first = sum(select(chosen, expert, 0), [2])
      .mul(n)
      .add(sample)
      .mul(room);
    const gate = select(kept, sum(select(chosen, probabilities, 0), [2]), 0);
    return { kept, row: first.add(place.cast("i32")), gate };
  });
  const rows = count * n * room;
  const marks = iota([n, tokens, 1], 1, "f32")
    .add(1)
    .reshape([n * tokens, 1]);
  const given = scatterAdd(
    concat(routes.map(({ kept, row }) => select(kept, row, -1).reshape([n * tokens]))),
    concat(routes.map(() => marks)),
    rows,
  );
  // An empty place holds the first token of its sample; nothing reads what becomes of it.
  const token = maximum(given.cast("i32").add(-1), 0).reshape([count, n, room]);
  const from = token.add(arange(n).mul(tokens).reshape([1, n, 1])).reshape([rows]);
  const entering = split(take(x.reshape([n * tokens, d]), from), count, 0);
  const leaving = concat(params.experts.map((each, i) => feedForward(each, entering[i]!)));
  const parts = routes.map(({ kept, row, gate }) => {
    const place = select(kept, row, sample.mul(room));
    return take(leaving, place.reshape([n * tokens])).mul(gate.reshape([n * tokens, 1]));
  });
  const out = parts.reduce((a, b) => a.add(b)).reshape([n, tokens, d]);
  return { out, balance: balanceOf(probabilities, all, lengths) };
};

/**
 * Adds up the load-balance losses of passes, one of every mixture (Switch Transformer, section 2.2): hand `onActivation` to `apply`, then
 * add `total()` times a weight, such as 0.01, to the loss.
 */
export const balanceLosses = (): {
  readonly onActivation: (name: string, value: Tensor) => undefined;
  /** f32 []; 0 where no model had experts. */
  total(): Tensor;
} => {
  const found: Tensor[] = [];
  return {
    onActivation(name, value) {
      if (name.endsWith(".balance")) found.push(value);
    },
    total: () => found.reduce((a, b) => a.add(b), zeros([]) as Tensor),
  };
};

/**
 * What the MLP of a block, or its mixture, gives to the stream x [n, T, d] under a name. A mixture's load-balance loss is shown beside it, as
 * `mlp.balance`.
 */
export const mlpBranch = (
  params: FeedForward,
  x: Tensor,
  { experts }: ResolvedConfig,
  running: Running,
  { lengths, name = "mlp" }: { readonly lengths?: Tensor | undefined; readonly name?: string } = {},
): Tensor => {
  if (!("experts" in params)) return running.branch(name, feedForward(params, x));
  const { out, balance } = mix(params, x, experts!, lengths);
  running.seen(`${name}.balance`, balance);
  return running.branch(name, out);
};
