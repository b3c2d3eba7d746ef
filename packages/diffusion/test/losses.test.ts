import { createDevice, neg, type Tensor } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { fromSiT, linearPath, loss, objective, uniform } from "../src/index.js";
import { errorOverFair } from "./fixture.js";
import { describeSitLosses, fixture, names } from "./parity/sit-losses.js";

test("the fixture holds 21 objectives", () => {
  expect(names.length).toBe(21);
});

describeSitLosses("reference", 1e-6);
// SiT's 0.02 is our 0.98, which f32 rounds by up to 3e-8: 1.5e-6 of the 0.02 that is left, and weights hold its square.
describeSitLosses("wasm", 3e-6);

test("the loss of what SiT's transformer said is SiT's", async () => {
  const device = await createDevice("wasm");
  const given = (name: string): Tensor => {
    const { data, shape } = fixture.get(name)!;
    return device.tensor(data as Float32Array, shape);
  };
  const aim = objective({ path: linearPath(), prediction: "velocity", density: uniform() });
  const batch = { x: given("x1"), noise: given("x0"), t: neg(given("t")).add(1) };
  const said = given("dit.Linear.velocity.pred");
  const each = loss(
    aim,
    fromSiT(() => said),
    batch,
  );
  expect(errorOverFair(await each.data(), fixture.get("dit.Linear.velocity.loss")!, 1e-6)).toBeLessThan(1);
});

test("no array of the fixture is left unread but labels and gradients of a transformer whose weights it has not", () => {
  expect(fixture.unread().filter((name) => name !== "y" && !name.startsWith("dit.Linear.velocity.grad."))).toEqual([]);
});
