import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

it("the README's example prints what its comments say", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const promised = [...example.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map((match) => match[1]);
  expect(promised.length).toBeGreaterThan(0);

  const { resolve } = createRequire(import.meta.url);
  const entry = (name: string): string =>
    name === "@isoflop/train" ? fileURLToPath(new URL("../src/index.ts", import.meta.url)) : resolve(name);
  const folder = mkdtempSync(path.join(os.tmpdir(), "isoflop-readme-"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const code = example.replace(/from "(@isoflop\/.*?)"/g, (_, name: string) => `from ${JSON.stringify(entry(name))}`);
    writeFileSync(path.join(folder, "example.ts"), code);
    await import(path.join(folder, "example.ts"));
    expect(log.mock.calls.map((words) => words.join(" "))).toEqual(promised);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
