import { expect, test } from "vitest";
import { describeEdmSamplers, fixture } from "./parity/edm-samplers.js";

describeEdmSamplers("wasm", 1e-6);

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
