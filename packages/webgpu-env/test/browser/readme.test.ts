import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("the README's example finds SwiftShader", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const built = new URL("../../dist/index.js", import.meta.url).href;
  const code = `${example.replace("@isoflop/webgpu-env", built)}\nexport { adapter };`;
  const { adapter } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  expect(adapter).toBe("swiftshader");
});
