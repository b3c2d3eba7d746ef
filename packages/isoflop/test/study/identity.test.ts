import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DataSource, shapeScenes } from "@isoflop/data";
import sharp from "sharp";
import { beforeAll, describe, expect, it, test } from "vitest";
import { openStudy } from "../../src/study/index.js";
import { bin, file, isoflop, type Json, json, scratch } from "../isoflop.js";
import { tiny } from "./tiny.js";

const small = { data: { source: "shapes", size: 16 }, validation: { images: 64 } };
const grid = { budgets: [1e9, 2e9], widths: [8, 16] };

let files = 0;

/** Writes a study, does it, and gives its folder with what its summary says. */
const study = (name: string, more: object = {}, options: readonly string[] = []) => {
  const path = file(`study-${++files}.json`, JSON.stringify({ name, ...small, grid, ...more }));
  const summary = json(["study", path, "--runs", root, ...options]);
  return { path, folder: join(root, `${name}-${String(summary.file!.hash)}`), summary };
};

const root = scratch("runs");
const store = join(root, "store");

const idsOf = (summary: Json): string[] => (summary.runs as unknown as { id: string }[]).map(({ id }) => id).sort();

/** Every file of runs, with its text and when it was written. */
const stateOf = (ids: readonly string[], of = store): unknown =>
  ids.map((id) =>
    ["run.json", "metrics.jsonl"].map((name) => {
      const path = join(of, id, name);
      return [path, statSync(path).mtimeMs, readFileSync(path, "utf8")];
    }),
  );

const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, "utf8"));
const write = (path: string, value: unknown): void => writeFileSync(path, JSON.stringify(value, null, 2));

let first: ReturnType<typeof study>;
beforeAll(() => {
  first = study("first");
}, 120_000);

describe("two studies in one store", () => {
  test("share the runs that are equal, and are each its own", () => {
    const ids = idsOf(first.summary);
    const before = stateOf(ids);
    const second = study("second", { grid: { ...grid, widths: [8, 16, 24] } });
    expect(stateOf(ids)).toEqual(before);
    expect(idsOf(second.summary)).toEqual(expect.arrayContaining(ids));
    expect([ids.length, idsOf(second.summary).length]).toEqual([4, 6]);
    for (const [{ folder, summary }, count] of [
      [first, 4],
      [second, 6],
    ] as const) {
      expect(idsOf(json(["report", folder]).study!)).toEqual(idsOf(summary));
      const fit = json(["fit", "isoflop", "-i", folder], { code: 4 });
      expect(JSON.stringify(fit).match(/"label":/g)!.length).toBeGreaterThanOrEqual(count);
      for (const id of idsOf(second.summary).filter((id) => !idsOf(summary).includes(id)))
        expect(JSON.stringify(fit)).not.toContain(id);
    }
  });

  test.each([["another batch", { batch: 8 }, "store of 2 studies"]])("of %s are no law together", (_, more, path) => {
    const own = scratch(`unlike-${files}`);
    for (const fields of [{}, more]) {
      const given = { name: "one", ...small, grid: { budgets: 1e9, widths: [8, 16] }, ...fields };
      json(["study", file(`unlike-${++files}.json`, JSON.stringify(given)), "--runs", own]);
    }
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", join(own, "store")]);
    expect([code, stderr]).toEqual([3, expect.stringContaining(path)]);
    expect(stderr).toMatch(/give one of them: /);
  });
});

/** Data of other content, of which the record says nothing. */
const renamed = (source: DataSource): DataSource => ({
  ...source,
  describe: () => ({ ...source.describe(), name: "others" }),
  withSeed: (seed) => renamed(source.withSeed!(seed)),
});

describe("data behind one name", () => {
  const picture = (value: number) => {
    const pixels = Buffer.alloc(16 * 16 * 3, 90);
    pixels[0] = value;
    return sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } }).png({ compressionLevel: 0 });
  };

  test("a folder of images of which one pixel changed is other data", async () => {
    const folder = scratch("images");
    mkdirSync(folder);
    for (let i = 0; i < 160; i++) await picture(i).toFile(join(folder, `${i}.png`));
    const given = { data: { source: "images", path: folder, size: 16, validation: 0.5 }, validation: { images: 64 } };
    const before = study("images", given);
    const { size, atime, mtime } = statSync(join(folder, "5.png"));
    await picture(200).toFile(join(folder, "5.png"));
    expect(statSync(join(folder, "5.png")).size).toBe(size);
    const { utimesSync } = await import("node:fs");
    utimesSync(join(folder, "5.png"), atime, mtime);
    const after = study("images", given);
    expect(after.folder).not.toBe(before.folder);
    expect(idsOf(after.summary).filter((id) => idsOf(before.summary).includes(id))).toEqual([]);
    expect(idsOf(json(["report", before.folder]).study!)).toEqual(idsOf(before.summary));
  });

  test("a source that is given to the library is never another's under the same record", async () => {
    const out = scratch("given");
    const opened = (source: DataSource) =>
      openStudy({ study: tiny({ grid }), root: out, openData: async () => source });
    const one = await opened(shapeScenes({ size: 16, seed: 1 }));
    const other = await opened(renamed(shapeScenes({ size: 16, seed: 1 })));
    const ids = ({ plan }: typeof one) => plan.grid.map(({ id }) => id);
    expect(ids(one).filter((id) => ids(other).includes(id))).toEqual([]);
    await one.trainGrid();
    // Threads open the record by themselves, and find that it is not what was planned on.
    await expect(other.trainGrid()).rejects.toThrow(/is not the data that this run was planned on/);
    one.close();
    other.close();
  });
});

describe("a module whose text changed", () => {
  const density = (power: number) => `
    import { kind } from "@isoflop/spec";
    import { defineDensity } from "@isoflop/diffusion";
    export const density = kind({
      name: "edges",
      options: {},
      build: () => defineDensity("edges", (m, u) => m.exp(m.div(m.log(u), ${power})), (t) => ${power} * t ** ${power - 1}),
    });
  `;

  test("is another study of other runs; the old one still reports, and no law joins them", () => {
    const module = file("edges.mjs", density(2));
    const given = { objective: { density: { module } } };
    const before = study("edges", given);
    file("edges.mjs", density(3));
    const after = study("edges", given);
    expect(after.folder).not.toBe(before.folder);
    expect(idsOf(after.summary).filter((id) => idsOf(before.summary).includes(id))).toEqual([]);
    expect(idsOf(json(["report", before.folder]).study!)).toEqual(idsOf(before.summary));
    expect(isoflop(["fit", "isoflop", "-i", before.folder]).code).toBe(4);
    const both = scratch("edges-store");
    for (const id of [...idsOf(before.summary), ...idsOf(after.summary)])
      cpSync(join(store, id), join(both, id), { recursive: true });
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", both]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/unlike studies.*modules/)]);
  });
});

const narrow = `
  import { kind } from "@isoflop/spec";
  import { defineDensity } from "@isoflop/diffusion";
  const build = () => defineDensity("narrow", (m, u) => m.exp(m.div(m.log(u), 2)), (t) => 2 * t);
  export const density = kind({ name: "narrow", options: {}, build });
`;

describe("a study's folder", () => {
  /** A copy of the first study, with its store beside it as it lay. */
  const copied = (name: string): string => {
    const to = scratch(name);
    cpSync(root, to, { recursive: true });
    return join(to, first.folder.slice(root.length + 1));
  };

  test("of an older version reports and is fitted, and is not continued", () => {
    const old = scratch("old");
    for (const id of idsOf(first.summary)) {
      cpSync(join(store, id), join(old, "runs", id), { recursive: true });
      const run = join(old, "runs", id, "run.json");
      const record = read(run) as { spec: { content?: unknown } };
      delete record.spec.content;
      write(run, record);
    }
    const [held, ...from] = idsOf(first.summary);
    const predicted = {
      C: 2e9,
      N: { value: 8000 },
      D: { value: 40_000 },
      loss: { value: 0.2, interval95: [0.1, 0.3] },
      extrapolation: 2,
    };
    write(join(old, "prediction.json"), { from, run: held, model: "8x1", prediction: predicted });
    expect(json(["report", old]).study!.runs).toHaveLength(4);
    const fit = JSON.stringify(json(["fit", "isoflop", "-i", old], { code: 4 }));
    expect(fit).toContain(from[0]);
    expect(fit).not.toContain(held);
    const { code, stderr } = isoflop(["study", first.path, "--out", old, "--force"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/old was written by an older version.*isoflop report.*choose another folder/),
    ]);
  });

  test.each([
    ["cut off", '{\n  "record": "manifest"', /study\.json is no manifest of a study: /],
    ["of something else", '{ "mine": 1 }\n', /study\.json/],
    ["a list", "[]\n", /study\.json/],
    ["empty", "", /study\.json/],
  ])("whose study.json is %s is told, and left as it is", (_, text, message) => {
    const folder = copied(`damaged-${++files}`);
    writeFileSync(join(folder, "study.json"), text);
    for (const args of [
      ["report", folder],
      ["fit", "isoflop", "-i", folder],
      ["study", first.path, "--out", folder],
    ]) {
      const { code, stderr } = isoflop(args);
      expect([[2, 3].includes(code!), stderr], args.join(" ")).toEqual([true, expect.stringMatching(message)]);
      expect(stderr).not.toContain("--debug");
    }
    expect(readFileSync(join(folder, "study.json"), "utf8")).toBe(text);
  });

  test("of another study, or with files of somebody else, is not written to", () => {
    const { code, stderr } = isoflop(["study", first.path, "--set", "batch=8", "--out", first.folder]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/has another study: first .*, and this one is first /)]);
    const mine = scratch("mine");
    mkdirSync(mine);
    writeFileSync(join(mine, "summary.json"), "my notes\n");
    const foreign = isoflop(["study", first.path, "--out", mine]);
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringMatching(/summary\.json.*--force/)]);
    expect(readdirSync(mine)).toEqual(["summary.json"]);
  });

  test("that was moved with its store is the same study, and goes on", () => {
    const folder = copied("moved/from");
    renameSync(scratch("moved/from"), scratch("moved/to"));
    const there = folder.replace(/from/, "to");
    expect(idsOf(json(["report", there]).study!)).toEqual(idsOf(first.summary));
    const ids = idsOf(first.summary);
    const before = stateOf(ids, scratch("moved/to/store"));
    const again = json(["study", first.path, "--runs", scratch("moved/to")]);
    expect(idsOf(again)).toEqual(ids);
    expect(stateOf(ids, scratch("moved/to/store"))).toEqual(before);
  });
});

test("that is named goes on where it lies, with its data; with another value beside itself, in its store", () => {
  const at = scratch("elsewhere");
  const given = { name: "there", ...small, grid: { budgets: 1e9, widths: [8] } };
  const compare = { "objective.density": [{ module: "./narrow.mjs" }, "uniform"] };
  file("narrow.mjs", narrow);
  const path = file("there.json", JSON.stringify({ ...given, compare }));
  json(["study", path, "--runs", at]);
  const [folder] = readdirSync(at).filter((name) => name.startsWith("there-"));
  const before = readdirSync(join(at, "store")).sort();
  json(["study", join(at, "there")]);
  expect(readdirSync(at).sort()).toEqual(["store", folder].sort());
  expect(readdirSync(join(at, "store")).sort()).toEqual(before);
  expect(json(["report", join(at, "there")]).study).toMatchObject({ record: "studies", name: "there" });
  json(["study", join(at, folder!, "uniform"), "--set", "name=beside", "--set", "batch=8"]);
  expect(readdirSync(join(at, folder!)).some((name) => /^beside-[0-9a-f]{8}$/.test(name))).toBe(true);
  expect(readdirSync(join(at, "store"))).toHaveLength(before.length + 1);
});

describe("processes on one study", () => {
  const path = () =>
    file(
      "shared.json",
      JSON.stringify({ name: "shared", ...small, grid: { budgets: [2e9, 4e9], widths: [8, 16, 24] } }),
    );
  const begun = (runs: string): ChildProcess =>
    spawn(process.execPath, [bin, "study", path(), "--runs", runs, "--json"], { stdio: "ignore" });

  const lossesIn = (runs: string): Record<string, unknown> => {
    const entries = readdirSync(join(runs, "store")).map((id) => {
      const { state, result } = read(join(runs, "store", id, "run.json")) as {
        readonly state: string;
        readonly result?: { readonly loss: number };
      };
      return [id, [state, result?.loss]] as const;
    });
    return Object.fromEntries(entries);
  };

  const whole = scratch("whole");
  beforeAll(() => {
    json(["study", path(), "--runs", whole]);
  }, 120_000);

  it("two at once end well, and give what one gives", async () => {
    const runs = scratch("at-once");
    const codes = await Promise.all([begun(runs), begun(runs)].map((child) => once(child, "exit")));
    expect(codes.map(([code]) => code)).toEqual([0, 0]);
    expect(lossesIn(runs)).toEqual(lossesIn(whole));
  }, 120_000);

  it("one that was killed goes on, to the same bits", async () => {
    const runs = scratch("killed");
    const child = begun(runs);
    const gone = once(child, "exit");
    const isBegun = () => {
      try {
        return readdirSync(join(runs, "store")).some(
          (id) => statSync(join(runs, "store", id, "metrics.jsonl")).size > 0,
        );
      } catch {
        return false;
      }
    };
    while (child.exitCode === null && !isBegun()) await sleep(5);
    child.kill("SIGKILL");
    await gone;
    json(["study", path(), "--runs", runs]);
    expect(lossesIn(runs)).toEqual(lossesIn(whole));
    rmSync(runs, { recursive: true });
  }, 120_000);
});
