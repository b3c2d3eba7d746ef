import { expect, test } from "vitest";
import { describeDdpmSamplers, fixture } from "./parity/ddpm-samplers.js";

describeDdpmSamplers("wasm", 1e-6);

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
