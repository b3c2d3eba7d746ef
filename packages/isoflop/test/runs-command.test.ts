import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bin, isoflop, type Json, json, scratch } from "./isoflop.js";

const tiny = ["--data", "shapes", "--width", "8", "--validation-images", "64", "--learning-rate", "0.01"];
const store = (root: string): string => join(root, "store");
const train = (root: string, steps: number): string[] => [
  "train",
  ...tiny,
  "--steps",
  String(steps),
  "--out",
  store(root),
];

/** Writes the folder of a study that names some runs. */
const study = (root: string, name: string, runs: readonly string[], more: object = {}): string => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const manifest = { record: "manifest", name, hash: "0a1b2c3d", store: "../store", file: {}, runs, ...more };
  writeFileSync(join(folder, "study.json"), JSON.stringify(manifest));
  return folder;
};

/** Makes a run look as if nothing had been written to it for two days. */
const age = (root: string, id: string): void => {
  const past = Date.now() / 1000 - 2 * 86_400;
  const folder = join(store(root), id);
  for (const name of readdirSync(folder, { recursive: true }).map(String)) utimesSync(join(folder, name), past, past);
};

const rewrite = (root: string, id: string, change: (record: Json) => unknown): void => {
  const file = join(store(root), id, "run.json");
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));
};

const trained = scratch("trained");
let [first, second, third] = ["", "", ""];
beforeAll(() => {
  [first, second, third] = [20, 25, 30].map((steps) => String(json(train(trained, steps)).id)) as [
    string,
    string,
    string,
  ];
}, 60_000);

let root: string;
let count = 0;
beforeEach(() => {
  root = scratch(`runs-${count++}`);
  cpSync(trained, root, { recursive: true, preserveTimestamps: true });
});
const at = (command: string, ...more: string[]): string[] => ["runs", command, ...more, "--runs", root];

describe("runs list", () => {
  test("has each run with its place, its state and the studies that use it", () => {
    study(root, "mine", [first], { heldOut: [second] });
    study(root, "yours", [first, "f".repeat(16)]);
    const { runs } = json(at("list"));
    const rows = runs as unknown as Json[];
    expect(rows).toHaveLength(3);
    const one = rows.find(({ id }) => String(id) === first)!;
    expect(one).toMatchObject({ state: "done", standing: "done", width: 8, steps: 20, of: 20, data: "shapes 16 px" });
    expect(one).toMatchObject({ holders: [], modules: [], studies: [join(root, "mine"), join(root, "yours")] });
    expect(Number(one.loss)).toBeGreaterThan(0);
    expect(Number(one.bytes)).toBeGreaterThan(1000);
    const budgets = rows.map(({ budget }) => Number(budget));
    expect(budgets).toEqual([...budgets].sort((a, b) => a - b));
    const { stdout, code } = isoflop(at("list"));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${first} +done +shapes 16 px +\\S+ +8 +20/20 +\\d\\.\\d+ .* mine, yours$`, "m"),
    );
    expect(stdout).toMatch(new RegExp(`^3 runs in ${store(root)}, \\d+ kB\\n$`, "m"));
  });

  test("of a study has its runs in its order, and says how many are missing", () => {
    const folder = study(root, "mine", [third, first, "f".repeat(16)]);
    const rows = json(["runs", "list", "--study", folder, "--runs", root]).runs as unknown as Json[];
    expect(rows.map(({ id }) => id)).toEqual([third, first]);
    expect(isoflop(["runs", "list", "--study", folder]).stdout).toContain("2 of 3 runs of the study in");
  });

  test("lists what another version or other modules wrote as far as it can be read, and names it", () => {
    rewrite(root, first, ({ spec, ...record }) => {
      const { content, ...older } = spec as unknown as { readonly content: object };
      return {
        ...record,
        spec: {
          ...older,
          content: { ...content, modules: [{ path: "/x/mine.ts", digest: "0".repeat(32) }] },
          objective: { path: { kind: "mine" } },
        },
      };
    });
    writeFileSync(join(store(root), second, "run.json"), "{");
    const { stdout, code } = isoflop(at("list"));
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${first} +done +shapes 16 px +\\S+ +8 +20/20`, "m"));
    expect(stdout).toMatch(new RegExp(`^${second} +unreadable +– +– +– +25 +–`, "m"));
    expect(stdout).toMatch(new RegExp(`^${first} is read only in part \\(it takes parts of /x/mine\\.ts\\): .`, "m"));
    expect(stdout).toContain(`${second} is read only in part: its run.json is no JSON`);
    expect(stdout).toMatch(new RegExp(`^${third} +done`, "m"));
  });

  test("of a study with several seeds says how much losses differ by them, and what of it is the validation's", () => {
    const other = String(json([...train(root, 20), "--seed", "7"]).id);
    const folder = study(root, "mine", [first, second, other]);
    const { seedNoise } = json(["runs", "list", "--study", folder, "--runs", root]);
    expect(seedNoise).toMatchObject({ record: "seed-noise", runs: 2, degreesOfFreedom: 1 });
    const { validation, seeds } = seedNoise!.parts as unknown as { validation: number; seeds: Json };
    const all = Number(seedNoise!.standardDeviation);
    expect(validation).toBeGreaterThan(0);
    expect(Number(seeds.standardDeviation)).toBeCloseTo(Math.sqrt(Math.max(0, all ** 2 - validation ** 2)), 12);
    const { stdout } = isoflop(["runs", "list", "--study", folder, "--runs", root]);
    expect(stdout).toMatch(
      /^noise of seeds: \d\S* % of the loss, \[.*\], by 2 runs of 1 size and budget \(1 degree of freedom\)$/m,
    );
    expect(stdout).toMatch(/^ {2}of it validation \d\S* %, by the same samples, and what a seed changes \d/m);
    const one = json(["runs", "list", "--study", study(root, "one", [first, second]), "--runs", root]);
    expect(one).not.toHaveProperty("seedNoise");
  });

  test("where there is no store: status 3", () => {
    const { code, stderr } = isoflop(["runs", "list", "--runs", join(root, "nowhere")]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("there is no store of runs")]);
  });
});

describe("runs show", () => {
  test("has all of a run, by as much of its id as is unique", () => {
    study(root, "mine", [first]);
    const length = [1, 2, 3, 4].find((n) => [second, third].every((id) => !id.startsWith(first.slice(0, n))))!;
    const shown = json(at("show", first.slice(0, length)));
    expect(shown).toMatchObject({ id: first, spec: { model: { width: 8 } }, result: { convention: "exactFused" } });
    const { stdout } = isoflop(at("show", first));
    expect(stdout).toMatch(/^steps +20 of 20$/m);
    expect(stdout).toContain(join(root, "mine"));
    expect(stdout).toMatch(/Training loss\n\n[▁▂▃▄▅▆▇█]{20} {2}\d/);
  });

  test.each([
    ["", /"" begins 3 runs: .*; give more of the id/],
    ["zz", /there is no run "zz" in .*; isoflop runs list --store .* lists the 3 runs/],
  ])("%j is no beginning of one: status 3", (given, message) => {
    const { code, stderr } = isoflop(at("show", given));
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });
});

describe("runs compare", () => {
  test("is the difference of losses sample by sample, by noise level too, with an error below that of two losses", () => {
    const found = json(at("compare", first, second, third));
    const [pair, other] = found.others as unknown as Json[];
    expect([found.first!.id, pair!.id, other!.id]).toEqual([first, second, third]);
    expect(Number(pair!.difference!.mean)).toBeCloseTo(Number(pair!.loss) - Number(found.first!.loss), 6);
    expect(Number(pair!.difference!.stdErr)).toBeLessThan(Number(pair!.unpaired) / 3);
    const bins = pair!.bins as unknown as Json[];
    expect(bins).toHaveLength(4);
    expect(bins.reduce((sum, { mean }) => sum + Number(mean), 0) / 4).toBeCloseTo(Number(pair!.difference!.mean), 9);
    const { stdout } = isoflop(at("compare", first, second));
    expect(stdout).toMatch(new RegExp(`^${second} +\\d\\S+ +\\d\\S+ +−?\\d\\S+ +\\d\\S+ +\\d\\S+ +\\d`, "m"));
    expect(stdout).toContain(`${second} − the first, by noise level`);
    expect(isoflop(at("show", first)).stdout).toContain('samples   losses of 64 images of "validation" are kept');
  });

  test("says which samples differ, and who kept none: status 3", () => {
    const other = String(json([...train(root, 20), "--validation-images", "128"]).id);
    expect(isoflop(at("compare", first, other))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(
        "they were validated on other samples: images is 64 of the one and 128 of the other",
      ),
    });
    rmSync(join(store(root), second, "losses.json.gz"));
    expect(isoflop(at("compare", first, second))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`run ${second} kept no losses of its validation samples`),
    });
    writeFileSync(join(store(root), third, "losses.json.gz"), "torn");
    expect(isoflop(at("compare", first, third))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/losses\.json\.gz holds no losses of this run: incorrect header check/),
    });
    expect(isoflop(at("show", third)).code).toBe(0);
    expect(json(at("verify"), { code: 3 }).faults).toMatchObject([{ id: third, of: "losses" }]);
  });

  test.each([[["first"]], [["first", "first"]]])("%j is not two runs: status 2", (names) => {
    expect(isoflop(at("compare", ...names.map(() => first))).code).toBe(2);
  });
});

describe("runs rm", () => {
  test("removes runs that nobody uses", () => {
    const { removed } = json(at("rm", first, second));
    expect((removed as unknown as Json[]).map(({ id }) => id)).toEqual([first, second]);
    expect(readdirSync(store(root))).toEqual([third]);
  });

  test("refuses what a study uses, before anything is removed, unless it is told twice: status 2", () => {
    const folder = study(root, "mine", [], { added: [second] });
    const { code, stderr } = isoflop(at("rm", first, second));
    expect([code, stderr]).toEqual([
      2,
      `isoflop: run ${second} is used by ${folder}; add --force to remove it all the same\n`,
    ]);
    expect(readdirSync(store(root))).toHaveLength(3);
    expect(isoflop(at("rm", first, second, "--force")).code).toBe(0);
    expect(readdirSync(store(root))).toEqual([third]);
  });

  test("refuses while a study cannot say what it uses: status 3", () => {
    writeFileSync(join(study(root, "mine", [first]), "study.json"), "{");
    const { code, stderr } = isoflop(at("rm", first));
    expect([code, stderr]).toEqual([3, expect.stringMatching(/study\.json is no manifest.*Nobody knows which runs/)]);
  });

  test("refuses a run that a process trains, with or without force: status 1", async () => {
    const child = spawn(process.execPath, [bin, ...train(root, 100_000)], { stdio: "ignore" });
    const known = new Set([first, second, third]);
    const begun = (): string | undefined => readdirSync(store(root)).find((id) => !known.has(id));
    while (!begun() || !existsSync(join(store(root), begun()!, "metrics.jsonl"))) await sleep(20);
    const id = begun()!;
    const { code, stderr } = isoflop(at("rm", id, "--force"));
    expect([code, stderr]).toEqual([1, expect.stringContaining(`in use by process ${child.pid}`)]);
    expect((json(at("list")).runs as unknown as Json[]).find((run) => String(run.id) === id)!.standing).toBe("running");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect((json(at("list")).runs as unknown as Json[]).find((run) => String(run.id) === id)!.standing).toBe("killed");
    expect(isoflop(at("rm", id)).code).toBe(0);
    expect(readdirSync(store(root)).sort()).toEqual([...known].sort());
  });
});

describe("runs gc", () => {
  test("removes runs that no study names and that are old enough, after saying so when asked", () => {
    study(root, "mine", [first]);
    for (const id of [first, second]) age(root, id);
    const left = join(store(root), `removed~${"a".repeat(16)}~0b`);
    mkdirSync(left);
    const dry = json(at("gc", "--dry-run"));
    expect(dry).toMatchObject({ dryRun: true, removed: [{ id: second }], kept: { used: 1, young: 1, held: 0 } });
    expect(readdirSync(store(root))).toHaveLength(4);
    expect(isoflop(at("gc")).stdout).toMatch(
      /removed 1 run, \d+ kB; kept 1 that studies use, 1 younger than 1 d, 0 in use/,
    );
    expect(readdirSync(store(root)).sort()).toEqual([first, third].sort());
    expect(json(at("gc", "--older-than", "0s")).removed).toMatchObject([{ id: third }]);
    expect(readdirSync(store(root))).toEqual([first]);
  });

  test("knows the runs of the arms of a study that compares", () => {
    const folder = study(root, "all", [], { arms: [{ name: "a", folder: "a" }] });
    mkdirSync(join(folder, "a"));
    const arm = {
      record: "manifest",
      name: "a",
      hash: "0",
      store: "../../store",
      file: {},
      runs: [first],
      tune: [second],
    };
    writeFileSync(join(folder, "a", "study.json"), JSON.stringify(arm));
    const listed = json(at("list", "--study", folder)).runs as unknown as Json[];
    expect(listed.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect(isoflop(at("verify", "--study", folder)).stdout).toContain("2 runs");
    expect(json(at("gc", "--older-than", "0s"))).toMatchObject({ removed: [{ id: third }], kept: { used: 2 } });
  });

  test("removes nothing while a study cannot say what it uses: status 3", () => {
    writeFileSync(join(study(root, "mine", []), "study.json"), "[]");
    expect(isoflop(at("gc", "--older-than", "0s")).code).toBe(3);
    expect(readdirSync(store(root))).toHaveLength(3);
  });

  test("--older-than that is no time: status 2", () => {
    expect(isoflop(at("gc", "--older-than", "soon"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("12h"),
    });
  });
});

describe("runs verify", () => {
  test("finds whole runs whole", () => {
    expect(json(at("verify"))).toMatchObject({ examined: 3, faults: [] });
    expect(isoflop(at("verify")).stdout).toBe(`3 runs in ${store(root)}: all whole\n`);
  });

  test("names each fault with what to do: status 3", () => {
    const checkpoints = join(store(root), first, "checkpoints");
    truncateSync(join(checkpoints, readdirSync(checkpoints).find((name) => name.endsWith(".safetensors"))!), 7);
    rmSync(join(store(root), second, "metrics.jsonl"));
    rewrite(root, third, ({ spec, ...record }) => ({ ...record, spec: { ...(spec as object), seed: 99 } }));
    const { faults } = json(at("verify"), { code: 3 });
    const kinds = (faults as unknown as Json[]).map(({ id, of }) => `${id} ${of}`);
    expect(new Set(kinds)).toEqual(new Set([`${first} checkpoint`, `${second} metrics`, `${third} record`]));
    const { stdout, stderr } = isoflop(at("verify", second));
    expect(stdout).toMatch(
      new RegExp(`^${second} metrics: .*metrics\\.jsonl ends at step 0 of 25\\n {2}→ .*the result stands`),
    );
    expect(stderr).toBe(`isoflop: 1 fault in 1 of 1 run in ${store(root)}\n`);
  });

  test("of a study examines its runs alone", () => {
    writeFileSync(join(store(root), second, "run.json"), "{");
    expect(json(["runs", "verify", "--study", study(root, "mine", [first, third])]).examined).toBe(2);
  });
});
