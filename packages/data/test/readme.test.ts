import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

it("the README's example prints what its comments say", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const promised = [...example.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
  expect(promised.length).toBeGreaterThan(0);

  const folder = mkdtempSync(path.join(os.tmpdir(), "isoflop-readme-"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const entry = fileURLToPath(new URL("../src/index.ts", import.meta.url));
    writeFileSync(path.join(folder, "example.ts"), example.replace('"@isoflop/data"', JSON.stringify(entry)));
    await import(path.join(folder, "example.ts"));
    expect(log.mock.calls.map((words) => words.join(" "))).toEqual(promised);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
