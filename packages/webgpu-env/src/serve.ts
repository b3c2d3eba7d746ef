import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** URL prefixes, each beginning and ending with "/", and the folders they show. */
export type Mounts = Readonly<Record<string, string | URL>>;

export interface LoopbackServer {
  /** Origin with a trailing slash; the page there is blank and carries the import map. */
  readonly url: string;
  close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/javascript",
  ".wasm": "application/wasm",
};

/** With both headers a page is cross-origin isolated, the condition for `SharedArrayBuffer` in a browser. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/**
 * Serves folders to a browser on the loopback interface, cross-origin isolated.
 *
 * A `.ts` file is bundled when it is asked for, with the import map's names left as imports, so that a test's page code
 * can be TypeScript and share modules with the tests that run in Node.
 *
 * @param options `imports` is the import map of the blank page at "/": bare module names to URLs of this server.
 * @throws Error naming the prefix when a mount does not begin and end with "/".
 */
export const serve = async (
  mounts: Mounts,
  { imports = {} }: { readonly imports?: Readonly<Record<string, string>> } = {},
): Promise<LoopbackServer> => {
  const folders = Object.entries(mounts).map(([prefix, folder]): [string, string] => {
    if (!/^\/(.*\/)?$/.test(prefix)) throw new Error(`Mount "${prefix}" must begin and end with "/".`);
    return [prefix, join(folder instanceof URL ? fileURLToPath(folder) : folder, sep)];
  });
  const blankPage = `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify({ imports })}</script>`;

  const respond = async (path: string): Promise<{ type: string; body: string | Uint8Array } | undefined> => {
    if (path === "/") return { type: "text/html", body: blankPage };
    const type = contentTypes[extname(path)] ?? "application/octet-stream";
    for (const [prefix, folder] of folders) {
      const file = join(folder, path.slice(prefix.length));
      if (!path.startsWith(prefix) || !file.startsWith(folder)) continue;
      const body = file.endsWith(".ts") ? await bundle(file, Object.keys(imports)) : await readFile(file);
      return { type, body };
    }
    return undefined;
  };

  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    respond(path).then(
      (found) => {
        response.writeHead(found ? 200 : 404, { ...isolation, "Content-Type": found?.type ?? "text/plain" });
        response.end(found?.body ?? `No mount shows ${path}; mounted: ${Object.keys(mounts).join(", ")}`);
      },
      (error: unknown) => {
        response.writeHead(404, { ...isolation, "Content-Type": "text/plain" });
        response.end(String(error));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};

const bundle = async (file: string, external: string[]): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    external,
    format: "esm",
    logLevel: "silent",
    platform: "browser",
    sourcemap: "inline",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]!.contents;
};
