import { readFileSync } from "node:fs";
import type { Conditioning, Context, DitConfig } from "../src/index.js";

/** One entry of the reference file; which fields it has depends on its kind. */
export interface ReferenceEntry {
  readonly id: string;
  readonly kind: "dit" | "third-party" | "lm" | "law";
  readonly config: Readonly<Record<string, number>> & { readonly conditioning: string };
  readonly breakdown_macs: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, number>> | number;
  readonly [field: string]: unknown;
}

const file = new URL("./fixtures/reference.json", import.meta.url);
export const entries: readonly ReferenceEntry[] = JSON.parse(readFileSync(file, "utf8")).entries;

export const entry = (id: string): ReferenceEntry => {
  const found = entries.find((each) => each.id === id);
  if (!found) throw new Error(`no reference entry ${id}`);
  return found;
};

const kinds: Readonly<Record<string, Conditioning>> = {
  "adaln-zero": "adaLNZero",
  adaln: "adaLN",
  "in-context": "inContext",
  "cross-attention": "crossAttention",
};

/** The reference counts the time token of its class-conditional entry among the context tokens; ours is implied. */
const contextOf = ({
  conditioning,
  context_tokens: tokens = 0,
  context_dim: dim,
}: ReferenceEntry["config"]): Context => {
  if (dim !== undefined) return { kind: "features", tokens, dim };
  return conditioning.startsWith("adaln") || tokens === 2 ? { kind: "classes", classes: 1000 } : { kind: "none" };
};

export const configOf = ({ config: c }: ReferenceEntry): DitConfig => ({
  image: { height: c.height!, width: c.width!, channels: c.in_channels! },
  patch: c.patch!,
  width: c.hidden!,
  depth: c.depth!,
  heads: c.heads!,
  mlpRatio: c.mlp_ratio!,
  outChannels: c.out_channels!,
  conditioning: kinds[c.conditioning]!,
  context: contextOf(c),
  // Every context token of these entries is projected from features, so none of them is the time.
  ...(c.context_dim !== undefined && { time: "added" }),
});
