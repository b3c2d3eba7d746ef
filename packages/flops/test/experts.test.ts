import { expect, test } from "vitest";
import {
  account,
  canonicalConfig,
  conventions,
  type DitConfig,
  expertSlots,
  FlopsError,
  format,
  forward,
  memory,
  parameters,
  resolve,
  savedActivations,
  sixNDOf,
  training,
} from "../src/index.js";

const dense: DitConfig = {
  ...{ image: { height: 16, width: 16, channels: 3 }, patch: 2, width: 32, depth: 6, heads: 2 },
  ...{ conditioning: "adaLN", context: { kind: "none" } },
};
const mixed: DitConfig = { ...dense, experts: { count: 8, active: 2 } };
const mlp = 2 * 4 * 32 * 32 + 5 * 32;
const router = 8 * 32;

test("N is every expert, and active N those that a token meets", () => {
  const [plain, n] = [parameters(dense), parameters(mixed)];
  expect(n.trainable - plain.trainable).toBe(6 * (7 * mlp + router));
  expect(n.active - plain.trainable).toBe(6 * (mlp + router));
  expect(plain.active).toBe(plain.trainable);
  const third = parameters({ ...dense, experts: { count: 8, active: 2, every: 3 } });
  expect(third.trainable - plain.trainable).toBe(2 * (7 * mlp + router));
});

test("what is computed is count × room, and what a sparse program would come down to is active × tokens", () => {
  const work = (experts: DitConfig["experts"], convention = conventions.sparse as typeof conventions.exact) =>
    forward({ ...dense, ...(experts && { experts }) }, convention).total - forward(dense).total;
  const products = 2 * 64 * 2 * 4 * 32 * 32;
  const routing = 2 * 64 * 32 * 8;
  expect(work({ count: 8, active: 2 })).toBe(6 * (products + routing));
  // Room for 1.25 · 2 · 64 / 8 = 20 tokens in each of 8.
  expect(work({ count: 8, active: 2 }, conventions.exact)).toBe(6 * ((8 * 20 * products) / 64 - products + routing));
  expect(work({ count: 8, active: 2, capacity: 1 }, conventions.exact)).toBe(work({ count: 8, active: 2 }));
  expect(work({ count: 8, active: 2, capacity: 4 }, conventions.exact)).toBe(6 * (7 * products + routing));
  expect(forward(dense, conventions.sparse).total).toBe(forward(dense).total);
  const step = training(mixed, conventions.sparse);
  expect(step.backward.total).toBeLessThan(training(mixed).backward.total);
});

test("an expert has room for its share of the tokens and the factor, and for no more than there are", () => {
  const slots = (count: number, active: number, capacity: number, tokens: number) =>
    expertSlots({ count, active, capacity, every: 1 }, tokens);
  expect(slots(4, 1, 1, 16)).toBe(4);
  expect(slots(4, 1, 1, 17)).toBe(5);
  expect(slots(4, 2, 1.1, 20)).toBe(11);
  expect(slots(4, 4, 1.25, 16)).toBe(16);
  expect(slots(64, 1, 0.01, 16)).toBe(1);
});

test("a config of experts has its defaults said, and one without says nothing", () => {
  expect(canonicalConfig(mixed).experts).toEqual({ count: 8, active: 2, capacity: 1.25, every: 1 });
  expect(canonicalConfig(dense)).not.toHaveProperty("experts");
  expect(canonicalConfig(canonicalConfig(mixed))).toEqual(canonicalConfig(mixed));
});

test("6ND has a row for active N where there are experts alone", () => {
  const rows = (config: DitConfig) => account(config).sixND.map(({ n }) => n);
  expect(rows(mixed)).toEqual([...rows(dense), "active"]);
  expect(format(account(mixed))).toMatch(/active +[\d,]+ {2}6ND/);
  expect(training(mixed, sixNDOf("active")).total.total).toBe(6 * parameters(mixed).active * 64);
});

test("memory holds every expert; with checkpoints, the larger kind of block", () => {
  const saved = (config: DitConfig) => savedActivations(config, true, "blocks");
  const every = (k: number): DitConfig => ({ ...mixed, experts: { count: 8, active: 2, capacity: 4, every: k } });
  // A block that keeps seven MLPs' insides more: their input, and the hidden layer before and after GELU.
  const inside = 7 * 64 * (32 + 2 * 128) + 64 * (32 + 8) + 2 * 64 * 32;
  expect(saved(every(1)) - saved(dense)).toBe(inside);
  expect(saved(every(3))).toBe(saved(every(1)));
  expect(savedActivations(every(3)) - savedActivations(dense)).toBe(2 * inside);
  const [few, all] = [memory(dense, { batch: 1 }), memory(mixed, { batch: 1 })];
  expect(all.weights - few.weights).toBe(4 * 6 * (7 * mlp + router));
});

test.each<[object, RegExp]>([
  [{ count: 2, active: 3 }, /experts.active is 3; it must be at most experts.count, 2\./],
  [{ count: 1.5, active: 1 }, /experts.count is 1.5; it must be an integer of at least 1/],
  [{ count: 2, active: 0 }, /experts.active is 0; it must be an integer of at least 1/],
  [{ count: 2, active: 1, capacity: 0 }, /experts.capacity is 0; it must be a finite number above 0/],
  [{ count: 2, active: 1, capacity: -1 }, /experts.capacity is -1/],
  [{ count: 2, active: 1, every: 7 }, /experts.every is 7; it must be at most depth, 6/],
  [{ count: 2, active: 1, every: 0 }, /experts.every is 0; it must be an integer/],
  [{ count: 2, active: 1, top: 1 }, /experts has an unknown key "top"; it takes count, active, capacity, every/],
  [[2, 1], /experts is an array; it must be a record/],
])("experts %j are refused", (experts, message) => {
  const act = () => resolve({ ...dense, experts } as DitConfig);
  expect(act).toThrow(FlopsError);
  expect(act).toThrow(message);
});
