import fc from "fast-check";
import { expect, test } from "vitest";
import {
  conventions,
  formatSummary,
  forward,
  parameters,
  precisions,
  presets,
  savedActivations,
  summary,
  training,
} from "../src/index.js";
import { anyConfig } from "./models.js";

test("the parts add up to what is counted elsewhere, for any config", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const { parts, total, active } = summary(config, { convention: conventions.exactFused });
      const n = parameters(config);
      expect(total).toEqual({
        parameters: n.trainable,
        forward: forward(config).total,
        training: training(config, conventions.exactFused).total.total,
        activations: 4 * savedActivations(config),
      });
      expect(active).toBe(n.active);
      for (const column of ["parameters", "forward", "training", "activations"] as const)
        expect(parts.reduce((sum, row) => sum + row[column], 0)).toBe(total[column]);
    }),
    { seed: 7 },
  );
});

test("as a table", () => {
  // Of the MLP, by hand: 12 · 256 tokens · (4 · 384 around it + 2 · 1536 inside) · 4 bytes.
  const text = formatSummary(summary(presets["DiT-S/2"]));
  expect(text.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["", "parameters", "forward FLOPs", "training FLOPs", "activations, bytes"],
    ["patchEmbedding", "6,528", "3,145,728", "6,291,456", "16,384"],
    ["timeEmbedding", "246,528", "491,520", "1,277,952", "4,096"],
    ["contextEmbedding", "384,384", "0", "0", "4"],
    ["modulation", "10,940,160", "21,823,488", "65,470,464", "39,936"],
    ["attentionProjections", "7,096,320", "3,623,878,656", "10,871,635,968", "23,592,960"],
    ["attentionProducts", "0", "1,207,959,552", "3,623,878,656", "14,229,504"],
    ["mlp", "14,178,816", "7,247,757,312", "21,743,271,936", "56,623,104"],
    ["finalLayer", "12,320", "6,291,456", "18,874,368", "1,179,648"],
    ["all", "32,865,056", "12,111,347,712", "36,330,700,800", "95,685,636"],
  ]);
  const mixed = summary({ ...presets["DiT-S/2"], experts: { count: 8, active: 2 } });
  expect(formatSummary(mixed).split("\n").at(-1)).toMatch(/^active +[\d,]+$/);
});

test("other bytes, other conventions, other options", () => {
  const half = summary(presets["DiT-S/2"], { precision: precisions.half });
  expect(2 * half.total.activations).toBe(summary(presets["DiT-S/2"]).total.activations);
  expect(summary(presets["DiT-S/2"], { convention: conventions.thop }).parts[5]).toMatchObject({ forward: 0 });
  const macs = summary(presets["DiT-S/2"], { convention: conventions.paper2023 });
  expect(formatSummary(macs).split("\n")[0]).toMatch(/forward MACs +training MACs/);
  expect(() => summary(presets["DiT-S/2"], { batch: 2 } as never)).toThrow(/"batch"; it takes convention, precision/);
});
