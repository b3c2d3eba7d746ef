import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as scaling from "../src/index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
const printed = /```text\n([\s\S]*?)```/.exec(readme)![1]!.trim();

describe("README", () => {
  it("the example runs and prints what the README says", async () => {
    const lines: string[] = [];
    const names = /import \{([^}]*)\} from "@isoflop\/scaling";/.exec(example)![1]!;
    const body = example.replace(/import [^;]*;\n/g, `const {${names}} = scaling;\n`);
    const AsyncFunction = (async () => {}).constructor as new (
      ...args: string[]
    ) => (...args: unknown[]) => Promise<void>;
    await new AsyncFunction("scaling", "console", body)(scaling, {
      log: (...parts: unknown[]) => lines.push(parts.join(" ")),
    });
    expect(lines.join("\n")).toBe(printed);
  });
});
