import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DataSource, type DataSpec, fingerprint } from "../../src/index.js";
import { type Opening, openSource } from "../../src/node.js";
import { captioned, picture, put, tar, temporary } from "./files.js";
import { fakeHub } from "./hub-server.js";

const REPO = "someone/some-pictures";

let cache: string;
beforeEach(() => {
  cache = temporary();
  vi.stubEnv("HF_TOKEN", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const open = (endpoint: string, options: object = {}, opening: Opening = {}): Promise<DataSource> =>
  openSource({ source: "hub", repo: REPO, endpoint, size: 16, validation: 0.3, ...options } as DataSpec, {
    cacheFolder: cache,
    ...opening,
  });

const all = (source: DataSource): string[] =>
  source.splits
    .flatMap((split) => Array.from({ length: source.size(split) }, (_, i) => source.caption(split, i)))
    .sort();

const images = async (): Promise<Record<string, Uint8Array>> =>
  Object.fromEntries(
    Object.entries(await captioned(10)).map(([name, bytes]) => [`pictures/${name}`, Buffer.from(bytes)]),
  );

/** A parquet file of pictures `from … to − 1`. */
const parquet = async (from: number, to: number): Promise<Uint8Array> => {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "image", data: await Promise.all(numbers.map((i) => picture(i))), type: "BYTE_ARRAY" },
        { name: "text", data: numbers.map((i) => `Picture number ${i}, a red one.`), type: "STRING" },
      ],
    }),
  );
};

/** All files below a folder. */
const files = (folder: string): string[] => (readdirSync(folder, { recursive: true }) as string[]).sort();

describe("a data set of a hub", () => {
  it("is that of a folder with its images, with its commit and licence", async () => {
    const hub = await fakeHub(REPO, await images());
    const loaded: number[] = [];
    const source = await open(
      `${hub.endpoint}/`,
      {},
      { onProgress: ({ stage, done, of }) => stage === "loading" && loaded.push(done / of!) },
    );
    const inFolder = await openSource(
      { source: "images", path: put(temporary(), await captioned(10)), size: 16, validation: 0.3 } as DataSpec,
      { cacheFolder: cache },
    );
    expect(fingerprint(source)).toEqual(fingerprint(inFolder));
    expect(loaded.at(-1)).toBe(1);
    expect(source.describe().provenance).toMatchObject({ name: `hf://${REPO}@${hub.commit}`, licence: "cc0-1.0" });
  });

  it("is downloaded once, and goes on without the hub", async () => {
    const hub = await fakeHub(REPO, await images());
    const source = await open(hub.endpoint);
    const count = hub.asked.length;
    await open(hub.endpoint);
    expect(hub.asked.slice(count).map((asked) => asked.split("/")[1])).toEqual(["api", "api"]);
    hub.status = 503;
    expect(fingerprint(await open(hub.endpoint))).toEqual(fingerprint(source));
    delete hub.status;
    await open(hub.endpoint, { revision: hub.commit });
    await hub.close();
    for (const revision of ["main", hub.commit])
      expect(fingerprint(await open(hub.endpoint, { revision }))).toEqual(fingerprint(source));
  });

  it("is a new one when its revision has moved on", async () => {
    const hub = await fakeHub(REPO, await images());
    const first = fingerprint(await open(hub.endpoint));
    hub.commit = "b".repeat(40);
    hub.files = { ...hub.files, "pictures/0.png": await picture(500) };
    expect(fingerprint(await open(hub.endpoint)).content).not.toBe(first.content);
    [hub.commit, hub.files] = ["a".repeat(40), await images()];
    expect(fingerprint(await open(hub.endpoint, { revision: "a".repeat(40) }))).toEqual(first);
  });

  it("has its parquet files of the training split, or those that are named, or its shards", async () => {
    const hub = await fakeHub(REPO, {
      "README.md": Buffer.from("card"),
      "data/train-0.parquet": await parquet(0, 10),
      "data/test-0.parquet": await parquet(10, 20),
      "shards/0.tar": await tar(await captioned(4)),
    });
    expect(all(await open(hub.endpoint))).toHaveLength(10);
    expect(hub.asked.join()).not.toContain("test-0");
    expect(all(await open(hub.endpoint, { files: "data/*.parquet" }))).toHaveLength(20);
    expect(all(await open(hub.endpoint, { files: "**/*.tar", validation: ["shards/0.tar/0"] }))).toHaveLength(4);
    await expect(open(hub.endpoint, { files: "*.parquet" })).rejects.toThrow(
      `hub: ${REPO} has no parquet files, tar shards or images named *.parquet; it has README.md, data/train-0.parquet, data/test-0.parquet, shards/0.tar`,
    );
  });

  it("is taken from the endpoint of the environment", async () => {
    const hub = await fakeHub(REPO, await images());
    vi.stubEnv("HF_ENDPOINT", hub.endpoint);
    expect(
      all(
        await openSource({ source: "hub", repo: REPO, size: 16, validation: 0.3 } as DataSpec, { cacheFolder: cache }),
      ),
    ).toHaveLength(10);
  });
});

describe("a hub", () => {
  it("that cannot be reached is told with what would help", async () => {
    const hub = await fakeHub(REPO, {});
    await hub.close();
    const message = await open(hub.endpoint).catch((error: Error) => error.message);
    expect(message).toContain(`hub: ${hub.endpoint} cannot be reached (connect ECONNREFUSED`);
    expect(message).toContain("set HF_ENDPOINT to a mirror, or fetch the files where there is a network");
  });

  it.each([
    [401, `does not give ${REPO} (status 401); it is private, gated or not there`],
    [404, `has no data set ${REPO} with a revision main; check its name and revision`],
    [500, "answers with status 500; try again later"],
  ])("that answers %i is told", async (status, message) => {
    const hub = await fakeHub(REPO, {});
    hub.status = status;
    await expect(open(hub.endpoint)).rejects.toThrow(message);
  });

  it("is not asked with a token that is none", async () => {
    vi.stubEnv("HF_TOKEN", "secret");
    await expect(open("http://127.0.0.1:9")).rejects.toThrow(
      "hub: HF_TOKEN is set to no token of the hub; it must begin with hf_, or be unset",
    );
  });

  it("that sends other bytes is not believed, and nothing of them is kept", async () => {
    const hub = await fakeHub(REPO, { "train-0.parquet": await parquet(0, 10) });
    hub.damaged = true;
    await expect(open(hub.endpoint)).rejects.toThrow("hub: train-0.parquet came with");
    expect(files(cache).filter((name) => name.includes("parquet"))).toEqual([]);
    hub.damaged = false;
    expect(all(await open(hub.endpoint))).toHaveLength(10);
    const kept = files(cache).find((name) => name.endsWith("train-0.parquet"))!;
    expect(readFileSync(path.join(cache, kept))).toEqual(Buffer.from(hub.files["train-0.parquet"]!));
  });

  it("cannot write elsewhere", async () => {
    const hub = await fakeHub(REPO, { "../../../outside.png": await picture(1) });
    await expect(open(hub.endpoint)).rejects.toThrow('"../../../outside.png" is no name of a file within a data set');
  });

  it("is stopped like all else", async () => {
    const hub = await fakeHub(REPO, await images());
    const stop = new AbortController();
    const opening = open(hub.endpoint, {}, { signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) });
    await expect(opening).rejects.toThrow("enough");
    expect(files(cache).filter((name) => name.endsWith(".half"))).toEqual([]);
    expect(all(await open(hub.endpoint))).toHaveLength(10);
  });

  it.each<[object, string]>([
    [
      { repo: "pictures" },
      'data.repo is "pictures"; it must be the name of a data set on the hub, such as "owner/name"',
    ],
    [{ endpoint: "hub" }, 'data.endpoint is "hub"; it must be a URL'],
  ])("refuses %j", async (options, message) => {
    await expect(open("http://127.0.0.1:9", options)).rejects.toThrow(message);
  });
});
