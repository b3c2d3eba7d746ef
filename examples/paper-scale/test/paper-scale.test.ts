import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const readme = readFileSync(join(here, "README.md"), "utf8");
const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!.trim().split("\n"));
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-scale-"));
for (const name of ["day.yaml", "make-latents.mjs", "package.json"]) cpSync(join(here, name), join(folder, name));
symlinkSync(join(here, "node_modules"), join(folder, "node_modules"), "junction");
afterAll(() => rmSync(folder, { recursive: true }));

const sh = (command: string): string =>
  execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8", stdio: "pipe" });

interface Plan {
  readonly runs: readonly { readonly budget: number; readonly params: number }[];
  readonly heldOut: readonly { readonly budget: number; readonly from: number; readonly to: number }[];
  readonly totalFlops: { readonly all: number; readonly heldOut: number };
  readonly deviceHours: readonly {
    readonly device: string;
    readonly hours: number;
    readonly dollars?: { readonly low: number; readonly high: number };
    readonly images: number;
  }[];
}

const planOf = (rest: string): Plan => JSON.parse(sh(`npx isoflop plan ${rest} --json`)) as Plan;
const h100 = ({ deviceHours }: Plan) => deviceHours.find(({ device }) => device.includes("H100"))!;

describe("the paper's plan", () => {
  const plan = planOf("paper");

  it("has its budgets, sizes about the optima of its law, and 958 M at 1.5e21 among those that may be trained", () => {
    expect([...new Set(plan.runs.map(({ budget }) => budget))]).toEqual([1e17, 3e17, 6e17, 1e18, 3e18, 6e18]);
    for (const C of [1e17, 6e18]) {
      const sizes = plan.runs.filter(({ budget }) => budget === C).map(({ params }) => params);
      const optimum = 0.0009 * C ** 0.5681;
      expect(Math.min(...sizes)).toBeLessThan(optimum / 2);
      expect(Math.max(...sizes)).toBeGreaterThan(optimum * 2);
    }
    const [held] = plan.heldOut;
    expect(held!.budget).toBe(1.5e21);
    expect(held!.to).toBeGreaterThan(9.583e8);
  });

  it("costs what the page says, of which 1.5e21 is nine tenths", () => {
    const { hours, dollars, images } = h100(plan);
    expect(plan.totalFlops.all / 1.61e21).toBeCloseTo(1, 2);
    expect(plan.totalFlops.heldOut / plan.totalFlops.all).toBeGreaterThan(0.9);
    expect(Math.round(hours / 10)).toBe(113);
    expect([dollars!.low, dollars!.high].map((sum) => Math.round(sum / 10))).toEqual([283, 565]);
    expect(images).toBeGreaterThan(0);
    for (const said of ["1.61e21 FLOPs", "1,130 hours of an H100", "$2,830 to $5,650"]) expect(readme).toContain(said);
  });

  it("takes another price, and refuses one that is none", () => {
    expect(h100(planOf("paper --price H100-SXM=2")).dollars!.high / h100(plan).hours).toBeCloseTo(2, 9);
    expect(() => planOf("paper --price H100=2")).toThrow(/"H100" is none of A100-80GB-SXM, H100-SXM/);
    expect(() => planOf("paper --price H100-SXM=3-2")).toThrow(/the lower price comes first/);
    expect(() => planOf("paper --price H100-SXM")).toThrow(/is not device=dollars/);
  });
});

it("the plan of a day fits into one on an H100 at 30 %", () => {
  const plan = planOf("day.yaml --mfu 0.3");
  expect(h100(plan).hours).toBeGreaterThan(20);
  expect(h100(plan).hours).toBeLessThan(24);
  expect(readme).toContain("24 hours of an H100 at 30 %");
});

it("the day's file trains on latents and captions that are vectors, as the page shows it", () => {
  for (const command of blocks.at(-1)!) sh(command);
  const [study] = readdirSync(join(folder, "runs")).filter((name) => name.startsWith("day-"));
  const summary = JSON.parse(readFileSync(join(folder, "runs", study!, "summary.json"), "utf8"));
  expect(summary.runs.map(({ loss }: { loss: number }) => loss > 0)).toEqual([true, true]);
}, 60_000);
