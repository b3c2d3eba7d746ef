import { expect, it } from "vitest";
import { requireLinux } from "../src/platform.js";

it("says which platform the binaries are for", () => {
  expect(() => requireLinux("they are", "linux", "x64")).not.toThrow();
  expect(() => requireLinux("they are", "darwin", "arm64")).toThrow(
    "they are for linux-x64, and this machine is darwin-arm64.",
  );
  expect(() => requireLinux("they are", "linux", "arm64")).toThrow(/linux-arm64/);
});
