import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A hub with one data set, as far as its client asks it. */
export interface FakeHub {
  readonly endpoint: string;
  /** What was asked, in order. */
  readonly asked: string[];
  commit: string;
  /** Files by path. */
  files: Record<string, Uint8Array>;
  /** Answers with this status instead. */
  status?: number;
  /** Sends files damaged. */
  damaged?: boolean;
  close(): Promise<void>;
}

export const fakeHub = async (repo: string, files: Record<string, Uint8Array>): Promise<FakeHub> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://hub");
    hub.asked.push(pathname);
    const json = (value: unknown) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(value));
    };
    if (hub.status) {
      response.statusCode = hub.status;
      return json({ error: "refused" });
    }
    if (pathname.startsWith(`/api/datasets/${repo}/revision/`))
      return json({ _id: "1", id: repo, lastModified: 0, sha: hub.commit, cardData: { license: "cc0-1.0" } });
    if (pathname === `/api/datasets/${repo}/tree/${hub.commit}`)
      return json(
        Object.entries(hub.files).map(([path, bytes]) => ({
          ...{ type: "file", path, size: bytes.length, oid: "0" },
          ...(path.endsWith(".parquet") && {
            lfs: { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length },
          }),
        })),
      );
    const bytes = hub.files[decodeURIComponent(pathname.replace(`/datasets/${repo}/resolve/${hub.commit}/`, ""))];
    if (bytes === undefined) {
      response.statusCode = 404;
      return json({ error: "not found" });
    }
    const sent = hub.damaged ? Buffer.from(bytes).fill(1, 4, 8) : bytes;
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    response.setHeader("etag", "x");
    if (from === undefined) return response.end(sent);
    response.statusCode = 206;
    response.setHeader("content-range", `bytes ${from}-${to}/${bytes.length}`);
    return response.end(sent.subarray(Number(from), Number(to) + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hub: FakeHub = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    commit: "a".repeat(40),
    files,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  onTestFinished(() => hub.close());
  return hub;
};
