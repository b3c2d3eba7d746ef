import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../src/run.js";
import { bin, file, fixture, isoflop, scratch } from "./isoflop.js";

const table = readFileSync(fixture("dit_isoflop_exact"), "utf8");
const saved = isoflop(["fit", "isoflop", "-i", fixture("dit_isoflop_exact"), "--json"]).stdout;
const surface = isoflop(["fit", "surface", "-i", fixture("dit_isoflop_noisy"), "--json"]).stdout;

/** A folder of its own for a test. */
const place = (name: string): ((inside: string) => string) => {
  mkdirSync(scratch(name), { recursive: true });
  return (inside) => join(scratch(name), inside);
};

const reported = (input: string, report: string, ...more: string[]) =>
  isoflop(["fit", "isoflop", "-i", input, "--report", report, ...more]);

describe("an input is never written over", () => {
  const at = place("inputs");
  const commands: readonly (readonly [string, string, (input: string) => string[]])[] = [
    ["fit isoflop", table, (input) => ["fit", "isoflop", "-i", input]],
    ["fit surface", table, (input) => ["fit", "surface", "-i", input]],
    ["fit law", "x,y\n1,2\n2,3\n3,4\n", (input) => ["fit", "law", "-i", input]],
    ["predict", saved, (input) => ["predict", input, "--at", "1e20"]],
    ["predict --input", table, (input) => ["predict", "-i", input, "--at", "1e20"]],
    ["compare A", table, (input) => ["compare", input, fixture("dit_isoflop_exact")]],
    ["compare B", table, (input) => ["compare", fixture("dit_isoflop_exact"), input]],
    ["plan-next", surface, (input) => ["plan-next", input, "--allowance", "1e20", "--target", "1e21"]],
    ["flops", "{}", (input) => ["flops", input]],
  ];

  test.each(commands)("%s: status 2, and the file is as it was", (name, content, words) => {
    const input = at(`${name.replace(/\W/g, "-")}.json`);
    writeFileSync(input, content);
    for (const force of [[], ["--force"]]) {
      const { code, stdout, stderr } = isoflop([...words(input), "--report", input, ...force]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toBe(`isoflop: --report is the input, ${input}; name another file\n`);
    }
    expect(readFileSync(input, "utf8")).toBe(content);
  });

  test.each(["./runs.csv", "sub/../runs.csv", "link.csv", "hard.csv"])("by another of its names, %s", (name) => {
    const input = at("runs.csv");
    writeFileSync(input, table);
    mkdirSync(at("sub"), { recursive: true });
    if (!existsSync(at("link.csv"))) symlinkSync("runs.csv", at("link.csv"));
    if (!existsSync(at("hard.csv"))) linkSync(input, at("hard.csv"));
    const { code, stderr } = reported(input, `${dirname(input)}/${name}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--report is the input")]);
    expect(readFileSync(input, "utf8")).toBe(table);
  });

  test("standard input and standard output are files too", () => {
    const input = at("stdin.csv");
    writeFileSync(input, table);
    const args = [bin, "fit", "isoflop", "-i", "-", "--report"];
    const onInput = spawnSync(process.execPath, [...args, input], { stdio: [openSync(input, "r"), "pipe", "pipe"] });
    expect([onInput.status, String(onInput.stderr)]).toEqual([2, expect.stringContaining("the input, standard input")]);
    expect(readFileSync(input, "utf8")).toBe(table);
    const output = at("stdout.txt");
    const onOutput = spawnSync(process.execPath, [...args, output], {
      stdio: ["pipe", openSync(output, "w"), "pipe"],
      input: table,
    });
    expect([onOutput.status, String(onOutput.stderr)]).toEqual([2, expect.stringContaining("is standard output")]);
  });
});

describe("a file of somebody else", () => {
  const at = place("others");
  const input = fixture("dit_isoflop_exact");

  test.each([
    ["notes.txt", "notes"],
    ["other.html", "<!doctype html>\n<html><head><title>mine</title></head></html>\n"],
    ["other2.html", '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>mine</title>'],
  ])("%s is not replaced without --force: status 2", (name, content) => {
    writeFileSync(at(name), content);
    const { code, stdout, stderr } = reported(input, at(name));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/is a file that isoflop did not write; name another file or add --force\n$/);
    expect(readFileSync(at(name), "utf8")).toBe(content);
    expect(reported(input, at(name), "--force").code).toBe(0);
    expect(readFileSync(at(name), "utf8")).toMatch(/^<!doctype html>/);
  });

  test("our own page is replaced, also one that does not name its maker, and an empty file", () => {
    const page = at("page.html");
    writeFileSync(page, "");
    expect(reported(input, page).code).toBe(0);
    const first = readFileSync(page, "utf8");
    expect(reported(input, page).code).toBe(0);
    expect(readFileSync(page, "utf8")).toBe(first);
    const head = `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>x</title>\n`;
    writeFileSync(page, `${head}<style>\n:root { color-scheme: light dark; --ink: #1c2024; }\n</style>`);
    expect(reported(input, page).code).toBe(0);
    expect(readFileSync(page, "utf8")).toBe(first);
  });

  test("the report of a study's folder", () => {
    const folder = at("study");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "report.html"), "mine");
    for (const command of [
      ["report", folder],
      ["reproduce", "--out", folder],
    ]) {
      const { code, stderr } = isoflop(command);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/report\.html is a file that isoflop did not write/)]);
    }
    expect(readdirSync(folder)).toEqual(["report.html"]);
  });
});

describe("what killed commands were writing", () => {
  const at = place("killed");
  const input = fixture("dit_isoflop_exact");
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;

  test("goes with the next page of that name; files of the living and of others stay", () => {
    const left = [`page.html.${dead}.0a1b2c3d.tmp`];
    const others = [`page.html.${process.pid}.0a1b2c3d.tmp`, `other.html.${dead}.0a1b2c3d.tmp`, "page.html.tmp"];
    for (const name of [...left, ...others]) writeFileSync(at(name), "part");
    expect(reported(input, at("page.html")).code).toBe(0);
    expect(readdirSync(at("")).sort()).toEqual([...others, "page.html"].sort());
  });

  test("a page keeps the rights of the one before", () => {
    expect(reported(input, at("mine.html")).code).toBe(0);
    chmodSync(at("mine.html"), 0o600);
    expect(reported(input, at("mine.html")).code).toBe(0);
    expect(lstatSync(at("mine.html")).mode & 0o777).toBe(0o600);
  });
});

describe("links, devices and pipes", () => {
  const at = place("links");
  const input = fixture("dit_isoflop_exact");

  test("a link is followed, whether its file is there or not", () => {
    symlinkSync("target.html", at("link.html"));
    symlinkSync("link.html", at("link2.html"));
    for (let times = 0; times < 2; times++) {
      expect(reported(input, at("link2.html")).code).toBe(0);
      expect([readlinkSync(at("link2.html")), readlinkSync(at("link.html"))]).toEqual(["link.html", "target.html"]);
      expect(lstatSync(at("target.html")).isFile()).toBe(true);
    }
    writeFileSync(at("kept.html"), "mine");
    symlinkSync("kept.html", at("onto.html"));
    expect(reported(input, at("onto.html")).code).toBe(2);
    expect(readFileSync(at("kept.html"), "utf8")).toBe("mine");
  });

  test("a device is written through and stays one", () => {
    expect(reported(input, "/dev/null").code).toBe(0);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    const { code, stderr } = reported(input, "/dev/full");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^isoflop: cannot write \/dev\/full: no space is left/)]);
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  test("a pipe gets the page", () => {
    const pipe = at("pipe");
    const script = `mkfifo "$1"; cat "$1" > "$1.out" & "$2" "$3" flops DiT-S/8 --report "$1" > /dev/null; wait`;
    expect(spawnSync("bash", ["-c", script, "bash", pipe, process.execPath, bin]).status).toBe(0);
    expect(readFileSync(`${pipe}.out`, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test("where a page cannot be written, what was there stays and nothing is left beside it", () => {
    mkdirSync(at("deep"), { recursive: true });
    const missing = reported(input, at("none/page.html"));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/there is no such folder\n$/)]);
    expect(missing.stdout).toContain("54 points used");
    const folder = reported(input, at("deep"));
    expect([folder.code, folder.stderr]).toEqual([3, expect.stringMatching(/deep is a folder; expected a file\n$/)]);
    expect(readdirSync(at("deep"))).toEqual([]);
    expect(readdirSync(at("")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("standard output", () => {
  const shell = (command: string) =>
    spawnSync("bash", ["-c", command, "bash", process.execPath, bin, fixture("dit_isoflop_exact")], {
      encoding: "utf8",
    });

  test.each([
    '"$1" "$2" fit isoflop -i "$3" > /dev/full',
    '"$1" "$2" fit isoflop -i "$3" --json > /dev/full',
    '"$1" "$2" flops DiT-S/2 > /dev/full',
    '"$1" "$2" --help > /dev/full',
  ])("that is full, %s: one line and status 1", (command) => {
    const { status, stderr } = shell(command);
    expect([status, stderr]).toEqual([1, "isoflop: cannot write standard output: no space is left on the disk\n"]);
  });

  test.each(["--help", 'fit isoflop -i "$3"', 'fit isoflop -i "$3" --json'])(
    "whose reader has had enough, %s: nothing is said, status 0",
    (words) => {
      const { stderr } = shell(`(sleep 0.2; "$1" "$2" ${words}; echo $? >&2) | true`);
      expect(stderr).toBe("0\n");
    },
  );
});

describe("what a terminal would obey is shown", () => {
  const evil = "\u001b[31mred\u001b[0m\u0007\u009b1m\u007f\u202eevil\r\nnext\u2028";
  /** Everything but line ends that is no printable character. */
  const unshown = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
  const quoted = `"${evil}"`;

  test.each<readonly [string, readonly string[], string]>([
    ["a column's name", ["fit", "isoflop", "-i", "-"], `C,N,${quoted}\n1,2,3\n`],
    ["a cell", ["fit", "isoflop", "-i", "-"], `C,N,loss\n1e18,1e6,${quoted}\n`],
    ["a cell that is skipped", ["fit", "isoflop", "-i", "-", "--skip-bad-rows"], `${table}1,2,3,${quoted},5\n`],
    ["a cell in JSON", ["fit", "isoflop", "-i", "-", "--skip-bad-rows", "--json"], `${table}1,2,3,${quoted},5\n`],
    ["a label", ["fit", "isoflop", "-i", "-", "--only", "x"], `C,N,loss,label\n1e18,1e6,2,${quoted}\n`],
    ["JSON that is none", ["fit", "isoflop", "-i", "-"], `[${evil}]`],
    ["an option's value", ["fit", "isoflop", "-i", "-", "--optimum", evil], table],
    ["a label that is asked for", ["fit", "isoflop", "-i", "-", "--columns", "label=fid", "--only", evil], table],
    ["an option", ["fit", "isoflop", "-i", "-", `--${evil}`], ""],
    ["a command", [evil], ""],
    ["a file's name", ["fit", "isoflop", "-i", evil], ""],
    ["a report's name", ["flops", "DiT-S/2", "--report", `${evil}/x`], ""],
    ["a model", ["flops", evil], ""],
    ["a quantity", ["fit", "isoflop", "-i", "-", "--quantity", evil], table],
    ["a key of a config", ["flops", "EVIL"], ""],
    ["a key of a spec", ["train", "EVIL"], ""],
    ["a saved fit", ["predict", "FIT", "--at", "1e20"], ""],
    ["the debugging view", ["fit", "isoflop", "-i", evil, "--debug"], ""],
  ])("%s", (_, args, stdin) => {
    const config = file("evil.json", JSON.stringify({ [evil]: 1 }));
    const broken = file("evil-fit.json", saved.replace('"converged"', JSON.stringify(evil)));
    const words = args.map((word) => ({ EVIL: config, FIT: broken })[word] ?? word);
    const { stdout, stderr } = isoflop(words, stdin);
    expect(stdout + stderr).not.toMatch(unshown);
    expect(stdout + stderr).not.toMatch(/^next/m);
    expect(stdout + stderr).toMatch(/\\u001b\[31mred|"key|unknown key/);
    if (words.includes("--json")) expect(JSON.parse(stdout).points.dropped[0].message).toContain(evil);
  });
});

describe("paths that no file can have", () => {
  const long = "x".repeat(300);
  const empty = scratch("empty");
  mkdirSync(empty);
  test.each([
    [["fit", "isoflop", "-i", long], 3, /the path is too long/],
    [["fit", "law", "-i", long], 3, /the path is too long/],
    [["predict", long, "--at", "1e20"], 3, /the path is too long/],
    [["compare", long, long], 3, /the path is too long/],
    [["flops", `${long}.json`], 3, /the path is too long/],
    [["train", `${long}.json`], 3, /the path is too long/],
    [["sample", long], 3, /does not exist/],
    [["report", long], 3, /does not exist|too long/],
    [["flops", "DiT-S/2", "--report", `${long}.html`], 3, /the path is too long/],
    [["fit", "isoflop", "-i", empty], 3, /has no run/],
    [["fit", "isoflop", "-i", `${fixture("dit_isoflop_exact")}/x`], 3, /a part of the path is a file/],
  ])("%j: status %d, one line", (args, status, message) => {
    const { code, stderr } = isoflop(args);
    expect([code, stderr]).toEqual([status, expect.stringMatching(message)]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each([
    [["fit", "isoflop", "-i", "a\u0000b"]],
    [["flops", "a\u0000b.json"]],
    [["flops", "DiT-S/2", "--report", "a\u0000b"]],
    [["sample", "a\u0000b"]],
    [["report", "a\u0000b"]],
  ])("%j, from a program: status 3", async (args) => {
    expect(await run(args)).toBe(3);
  });
});

test("names that every object answers to are names like any other", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    const renamed = table.replace("fid", name);
    const { code, stdout } = isoflop(["fit", "isoflop", "-i", "-", "--quantity", name, "--json"], renamed);
    expect([code, JSON.parse(stdout).fit.choices.quantity]).toEqual([0, name]);
    const asked = isoflop(["fit", "isoflop", "-i", "-", "--columns", `${name}=C`], table);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining(`--columns has "${name}"`)]);
    const config = isoflop(["flops", file("proto.json", `{"${name}": 1}`)]);
    expect([config.code, config.stderr]).toEqual([3, expect.stringContaining(name)]);
    const spec = isoflop(["train", file("spec.json", `{"${name}": 1, "model": {"width": 16}, "steps": 1}`)]);
    expect([spec.code, spec.stderr]).toEqual([3, expect.stringContaining(name)]);
  }
});
