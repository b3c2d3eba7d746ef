import { type Account, byPart } from "@isoflop/flops";
import { partsFigure } from "@isoflop/plot";
import type { Page } from "../page/page.js";

/** The work of one training sample by part. */
export const flopsPage = (model: string, account: Account): Page => {
  const { convention } = account;
  const [forward, backward] = [byPart(account.forward), byPart(account.backward)];
  const names = [...new Set([...Object.keys(forward), ...Object.keys(backward)])] as (keyof typeof forward)[];
  const parts = names.map((name) => ({
    name: words(name),
    forward: forward[name] ?? 0,
    backward: backward[name] ?? 0,
  }));
  const unit = `${convention.unit === "flop" ? "FLOPs" : "MACs"} per training sample, convention "${convention.name}"`;
  return { title: model, figures: [partsFigure(parts, unit)] };
};

/** attentionProjections as "attention projections". */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
