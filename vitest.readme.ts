import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { vi } from "vitest";

/** What an example exports, what the comments behind its `console.log` say that it prints, and what it prints. */
export interface Ran<T> {
  readonly exported: T;
  readonly promised: readonly string[];
  readonly printed: readonly string[];
}

/** Runs the `n`-th TypeScript example of a package's README, with the sources for the package that it imports by name. `test` is the URL of a file in the package's `test`. */
export const runExample = async <T>(test: string, n = 0): Promise<Ran<T>> => {
  const text = (path: string): string => readFileSync(new URL(path, test), "utf8");
  const { name }: { readonly name: string } = JSON.parse(text("../package.json"));
  const example = [...text("../README.md").matchAll(/```ts\n(.*?)```/gs)][n]![1]!;
  const promised = [...example.matchAll(/^ *console\.log\(.*\/\/ (.*)$/gm)].map(([, comment]) => comment!);
  const file = new URL(`.cache/readme-${n}.ts`, test);
  mkdirSync(new URL(".", file), { recursive: true });
  const entry = (path: string): string => `"../../src/${path}.js"`;
  writeFileSync(file, example.replace(`"${name}"`, entry("index")).replace(`"${name}/node"`, entry("node")));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const exported: T = await import(file.href);
    return { exported, promised, printed: log.mock.calls.map((values) => values.join(" ")) };
  } finally {
    log.mockRestore();
  }
};
