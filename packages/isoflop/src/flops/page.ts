import { type Account, byPart, format } from "@isoflop/flops";
import { partsFigure } from "@isoflop/plot";
import type { OutputFile } from "../files/write.js";
import { onPage } from "../page/on-page.js";
import { writePage } from "../page/page.js";

/** Writes the work of one training sample by part. */
export const writeFlopsReport = async (output: OutputFile, model: string, account: Account): Promise<void> => {
  const { convention } = account;
  const [forward, backward] = [byPart(account.forward), byPart(account.backward)];
  const names = [...new Set([...Object.keys(forward), ...Object.keys(backward)])] as (keyof typeof forward)[];
  const figure = {
    unit: `${convention.unit === "flop" ? "FLOPs" : "MACs"} per training sample, convention "${convention.name}"`,
    parts: names.map((name) => ({
      name: words(name),
      forward: forward[name] ?? 0,
      backward: backward[name] ?? 0,
    })),
  };
  await writePage(output, {
    title: model,
    text: format(account),
    figures: [
      {
        draw: (width) => partsFigure(figure, onPage(width)),
        caption: "Work of one training step on one sample, by part: forward, then backward, and its share of both.",
      },
    ],
  });
};

/** attentionProjections as "attention projections". */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
