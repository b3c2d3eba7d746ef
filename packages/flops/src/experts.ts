import { FlopsError, integer, onlyKeys, positive } from "./errors.js";

/**
 * A mixture of experts in place of the MLP (Shazeer et al., arXiv 1701.06538; in diffusion transformers, DiT-MoE, arXiv 2407.11633): a router
 * chooses `active` of `count` MLPs for each token by the largest of a softmax over all of them.
 */
export interface Experts {
  /** MLPs of a block, each of the config's width. */
  readonly count: number;
  /** MLPs that a token goes through, 1 to `count`. */
  readonly active: number;
  /**
   * Capacity factor (Switch Transformer, arXiv 2101.03961, eq. 3): an expert has room for ceil(capacity · active · tokens / count) tokens of a
   * sample, and for no more than there are. A token that finds no room passes by. From count / active on all find room. Default 1.25.
   */
  readonly capacity?: number;
  /** Every so manyth block has experts, the others an MLP. Default 1, all of them. */
  readonly every?: number;
}

/** Experts with their defaults filled in. */
export type ResolvedExperts = Required<Experts>;

/** @throws FlopsError("config") naming the field, its value and what would be right */
export const resolveExperts = (experts: Experts, depth: number): ResolvedExperts => {
  onlyKeys("config", "experts", experts, ["count", "active", "capacity", "every"]);
  const { capacity = 1.25, every = 1 } = experts;
  const count = integer("config", "experts.count", experts.count);
  const active = integer("config", "experts.active", experts.active);
  if (active > count)
    throw new FlopsError("config", `experts.active is ${active}; it must be at most experts.count, ${count}.`);
  positive("config", "experts.capacity", capacity);
  integer("config", "experts.every", every);
  if (every > depth)
    throw new FlopsError(
      "config",
      `experts.every is ${every}; it must be at most depth, ${depth}, or no block has experts.`,
    );
  return { count, active, capacity, every };
};

/** Whether block `index`, from 0, has experts. */
export const hasExperts = (experts: ResolvedExperts | undefined, index: number): experts is ResolvedExperts =>
  experts !== undefined && (index + 1) % experts.every === 0;

/** How many of the first `blocks` blocks have experts. */
export const expertBlocks = (experts: ResolvedExperts | undefined, blocks: number): number =>
  experts ? Math.floor(blocks / experts.every) : 0;

/** Tokens of a sample of `tokens` that each expert has room for. */
export const expertSlots = ({ count, active, capacity }: ResolvedExperts, tokens: number): number => {
  const room = (capacity * active * tokens) / count;
  // A whole number that rounding has lifted is still that number.
  return Math.min(tokens, Math.ceil(room * (1 - 1e-12)));
};
