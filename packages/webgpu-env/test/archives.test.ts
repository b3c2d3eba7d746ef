import { expect, it } from "vitest";
import { requireSupportedPlatform } from "../src/archives.js";

it("says which platform the binaries are for", () => {
  expect(() => requireSupportedPlatform("linux", "x64")).not.toThrow();
  expect(() => requireSupportedPlatform("darwin", "arm64")).toThrow(/linux-x64, and this machine is darwin-arm64/);
  expect(() => requireSupportedPlatform("linux", "arm64")).toThrow(/linux-arm64/);
});
