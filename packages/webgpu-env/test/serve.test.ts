import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LoopbackServer, serve } from "../src/index.js";

let folder: string;
let server: LoopbackServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "webgpu-env-"));
  await writeFile(join(folder, "secret.js"), "secret");
  await writeFile(join(folder, "part.ts"), "export const part: number = 41;");
  await writeFile(
    join(folder, "main.ts"),
    `import { part } from "./part.js"; import { one } from "@example/one"; export const sum: number = part + one;`,
  );
  await writeFile(join(folder, "broken.ts"), "export const = ;");
  server = await serve(
    { "/code/": folder, "/data/": join(folder, "data") },
    { imports: { "@example/one": "/one.js" } },
  );
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const get = async (path: string) => {
  const response = await fetch(new URL(path, server.url));
  return { status: response.status, headers: response.headers, text: await response.text() };
};

it("isolates every answer, also one that is not found", async () => {
  for (const path of ["/", "/code/secret.js", "/nowhere"]) {
    const { headers } = await get(path);
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  }
});

it("puts the import map on the blank page", async () => {
  expect((await get("/")).text).toContain(`{"imports":{"@example/one":"/one.js"}}`);
});

it("bundles TypeScript and leaves the import map's names as imports", async () => {
  const { status, headers, text } = await get("/code/main.ts");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/javascript");
  expect(text).toMatch(/from "@example\/one"/);
  expect(text).toMatch(/part = 41/);
  expect(text).not.toMatch(/from "\.\/part/);
});

it("says what is wrong with a file that does not compile or is not there", async () => {
  expect(await get("/code/broken.ts")).toMatchObject({ status: 404, text: expect.stringContaining("broken.ts") });
  expect(await get("/code/absent.js")).toMatchObject({ status: 404, text: expect.stringContaining("absent.js") });
  expect(await get("/nowhere")).toMatchObject({ status: 404, text: expect.stringContaining("/code/, /data/") });
});

it("shows nothing outside its folders", async () => {
  expect((await get("/code/secret.js")).text).toBe("secret");
  for (const path of ["/data/..%2fsecret.js", "/data/%2e%2e%2fsecret.js"]) {
    expect(await get(path)).toMatchObject({ status: 404 });
  }
});

it("refuses a mount that is no URL prefix", async () => {
  await expect(serve({ code: folder })).rejects.toThrow(`Mount "code" must begin and end with "/".`);
});
