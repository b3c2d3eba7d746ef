import { readFileSync } from "node:fs";
import { lawCards, readLawCard } from "@isoflop/scaling";
import { expect, test } from "vitest";
import { file, fixture, isoflop, json, llama, scratch } from "./isoflop.js";

const noisy = fixture("dit_isoflop_noisy");

const near = (value: unknown, expected: number, relative: number) =>
  expect(Math.abs((value as number) / expected - 1)).toBeLessThanOrEqual(relative);

test("laws lists every card, and shows one with its sources and what it counts", () => {
  const all = isoflop(["laws"]);
  expect(all.code).toBe(0);
  for (const { arxiv, title } of lawCards) {
    expect(all.stdout).toContain(arxiv!);
    expect(title).not.toBe("");
  }
  const one = isoflop(["laws", "dit"]).stdout;
  expect(one).toContain("Scaling Laws for Diffusion Transformers");
  expect(one).toContain("0.0009 · C^0.5681");
  expect(one).toContain("mean squared error of the velocity, training");
  expect(one).toMatch(/N at C = 1\.5e21 .* 9\.583e8 +9\.6467e8/);
  const documents = json(["laws"]).cards as unknown as unknown[];
  expect(documents).toEqual(JSON.parse(JSON.stringify([...lawCards])));
});

test("a card that laws prints is a file that predict reads", () => {
  const card = isoflop(["laws", "deepseek", "--json"]).stdout;
  expect(readLawCard(card).name).toBe("deepseek-2401.02954");
  const path = file("card.json", card);
  const [fromFile, fromName] = [path, "deepseek"].map((law) => json(["predict", "--law", law, "--at", "1e20"]));
  expect(fromFile!.predictions).toEqual(fromName!.predictions);
  near(fromFile!.predictions![0]!.predicted!.learningRate!.value, 0.3118 * 1e20 ** -0.125, 1e-12);
  expect(fromFile!.law!.input!.path ?? fromFile!.law!.input!.file).toBeTruthy();
});

test("predict --law answers by the card, and says that no uncertainty is published", () => {
  const { stdout } = isoflop(["predict", "--law", "chinchilla", "--at", "1e21"]);
  expect(stdout).toContain("N: all parameters; D: text tokens; C: 6ND; loss: nats per token");
  expect(stdout).toMatch(/optimal N +2\.21695e9 +– +–/);
  expect(stdout).toContain("no uncertainty is published");
  const document = json(["predict", "--law", "chinchilla-2203.15556", "--size", "7e10", "--tokens", "1.4e12"]);
  const { E, A, B, alpha, beta } = lawCards.get("chinchilla-2203.15556").surface!.parameters as Record<string, number>;
  near(document.predictions![0]!.predicted!.loss!.value, E! + A! / 7e10 ** alpha! + B! / 1.4e12 ** beta!, 1e-12);
  expect(document.law!.conventions!.compute).toMatchObject({ is: "6ND" });
});

test.each([
  [["predict", "--law", "chinchila", "--at", "1e21"], 2, 'no law card "chinchila", did you mean "chinchilla"'],
  [["laws", "besirogl"], 2, 'did you mean "besiroglu"'],
  [["predict", "--law", "chinchilla"], 2, "nothing is asked"],
  [["predict", "--law", "chinchilla", "--size", "1e9"], 2, "--size and --tokens go together"],
  [["predict", "--law", "chinchilla", "-i", noisy, "--at", "1e21"], 2, "--law and --input are given"],
  [["predict", noisy, "--law", "chinchilla", "--at", "1e21"], 2, "--law and a saved fit are given"],
  [["predict", "--law", "chinchilla", "--at", "1e21", "--unique", "1e9"], 2, "not chinchilla"],
  [["predict", "--law", "dit", "--at", "1e21", "--with", "width=8"], 2, "--with is for a fit"],
  [["predict", "--law", "porian", "--at", "1e20"], 4, "has only exponents of N, ∝ C^0.497"],
  [["predict", "--law", "step-law", "--at", "1e20"], 4, "says nothing at C; it has learningRate of N and D"],
  [["compare", "chinchilla", "dit"], 2, "have losses that do not compare"],
  [["compare", "chinchilla", "llama-3"], 4, "no law of loss against compute; it has laws of D"],
  [["compare", "llama-3", "deepseek", "--quantity", "FID"], 4, "no law of FID against compute; it has laws of D"],
  [["compare", noisy, "chinchila"], 2, 'did you mean "chinchilla"'],
  [["compare", noisy, "porian"], 4, "it has only exponents, of N; exponents that are there compare with --exponents"],
  [["compare", noisy, "step-law", "--exponents"], 2, "share no exponent; the first has N, D, loss, the second none"],
] as const)("isoflop %j ends with %i: %s", (args, code, message) => {
  const finished = isoflop(args);
  expect(finished.stderr).toContain(message);
  expect(finished.code).toBe(code);
});

test("unique tokens are asked of a card whose surface knows of them", () => {
  const document = json([
    "predict",
    "--law",
    "muennighoff",
    "--size",
    "6.34e9",
    "--tokens",
    "242e9",
    "--unique",
    "25e9",
  ]);
  near(document.predictions![0]!.predicted!.loss!.value, 2.2256440889984477, 1e-9);
});

test("a file that is no card, or a card with a fault, is said with its field", () => {
  const other = isoflop(["predict", "--law", noisy, "--at", "1e21"]);
  expect(other.code).toBe(3);
  const card = JSON.parse(isoflop(["laws", "chinchilla", "--json"]).stdout);
  card.conventions.tokens.is = "words";
  const broken = isoflop(["predict", "--law", file("broken.json", JSON.stringify(card)), "--at", "1e21"]);
  expect(broken.code).toBe(3);
  expect(broken.stderr).toContain("conventions.tokens.is");
});

test("compare takes a card for a side, with the intervals of the other alone", () => {
  const { stdout } = isoflop(["compare", noisy, "dit-2410.08184"]);
  expect(stdout).toContain("B: dit-2410.08184, Liang et al. 2024, arXiv:2410.08184, published law");
  expect(stdout).toContain("caution: what N, D, C and the loss of A count is not said");
  expect(stdout).toContain("caution, B: no uncertainty is published; it is taken to be exact");
  const { comparison, published } = json(["compare", noisy, "dit", "--at", "6e18"]);
  const [at] = comparison!.at as unknown as { b: { value: number }; difference: { ci95: number[] } }[];
  near(at!.b.value, 2.3943 * 6e18 ** -0.0273, 1e-12);
  expect(at!.difference.ci95.every(Number.isFinite)).toBe(true);
  expect(published!.b).toMatchObject({ card: "dit-2410.08184", conventions: { loss: { is: "velocity-mse" } } });
});

test("of two cards there are no intervals, and what they count differently is said", () => {
  const { stdout } = isoflop(["compare", "chinchilla", "besiroglu"]);
  expect(stdout).toContain("caution, A and B: no uncertainty is published; it is taken to be exact");
  expect(stdout).not.toMatch(/NaN|\[–/);
  expect(stdout).not.toContain("draws");
  const other = isoflop(["compare", "chinchilla", "kaplan", "--at", "1e21"]).stdout;
  expect(other).toContain("caution: A and B count differently: N");
  // The optimum of this surface is searched for.
  expect(isoflop(["compare", "chinchilla", "muennighoff", "--at", "1e21"]).stdout).toMatch(/1e21 +2\.2955 +2\.3477/);
});

test("a loss that one side has at no compute has no ratio, and no trend of it is stated", () => {
  const low = file("low.json", isoflop(["fit", "surface", ...llama, "--json"]).stdout);
  const { stdout } = isoflop(["compare", low, "chinchilla"]);
  expect(stdout).toMatch(/FLOPs there is no ratio: A comes to a loss that B has at no compute/);
  expect(stdout).not.toContain("no change of the ratio");
});

test("exponents compare where losses do not, with the intervals that are printed", () => {
  const { stdout } = isoflop(["compare", "chinchilla-approach-2", "dit", "--exponents"]);
  expect(stdout).toMatch(/N +0\.4900 +\[0\.4620, 0\.5340\] at 80 % +0\.5681/);
  const document = json(["compare", noisy, "dit", "--exponents"]);
  const rows = document.exponents as unknown as { of: string; a: { value: number }; b: { value: number } }[];
  const loss = rows.find(({ of }) => of === "loss")!;
  near(loss.b.value, -0.0273, 1e-12);
  expect(loss.a.value).toBeLessThan(0);
});

test("reports show a card's law, surface and comparison", () => {
  const figures = (args: readonly string[], name: string): string => {
    const path = scratch(`${name}.html`);
    const finished = isoflop([...args, "--report", path]);
    expect(finished.stderr).not.toContain("Error");
    expect(finished.code).toBe(0);
    return readFileSync(path, "utf8");
  };
  for (const [name, args] of Object.entries({
    law: ["laws", "dit"],
    surface: ["predict", "--law", "chinchilla", "--at", "1e21"],
    printed: ["predict", "--law", "dit", "--at", "1e21"],
    compared: ["compare", noisy, "dit"],
    exponents: ["compare", "chinchilla", "dit", "--exponents"],
  })) {
    const html = figures(args, name);
    expect(html).not.toMatch(/NaN|undefined/);
    expect(html).toContain("<svg");
  }
});

test("a card of the user's answers with its intervals where it has a covariance", () => {
  const card = JSON.parse(isoflop(["laws", "dit", "--json"]).stdout);
  const variance = [
    [1e-2, -2e-4],
    [-2e-4, 4e-6],
  ];
  card.name = "ours";
  card.laws[2] = { ...card.laws[2], covariance: variance, degreesOfFreedom: 5 };
  const path = file("ours.json", JSON.stringify(card));
  const document = json(["predict", "--law", path, "--at", "1e19"]);
  const { loss, N } = document.predictions![0]!.predicted as unknown as Record<
    string,
    { value: number; ci95?: number[] }
  >;
  expect(N!.ci95).toBeUndefined();
  expect(loss!.ci95![0]).toBeLessThan(loss!.value);
});

test("a card is given with other compute, for predictions and comparisons by it", () => {
  const same = json(["laws", "chinchilla", "--compute", "exact-flops", "--flops-per-token", "6"]);
  const twice = isoflop(["laws", "chinchilla", "--compute", "exact-flops", "--flops-per-token", "12", "--json"]).stdout;
  expect(same.conventions).toMatchObject({ compute: { is: "exact-flops" } });
  // Twelve FLOPs a parameter and token instead of six: what was bought with C costs 2 C.
  const at = (law: string, C: string) => json(["predict", "--law", law, "--at", C]).predictions as never as Predictions;
  const [plain] = at("chinchilla", "1e21");
  const [other] = at(file("twice.json", twice), "2e21");
  expect(other!.predicted.N.value / plain!.predicted.N.value).toBeCloseTo(1, 9);
  expect(other!.predicted.loss.value).toBeCloseTo(plain!.predicted.loss.value, 9);
  const refused = isoflop(["laws", "chinchilla", "--compute", "exact-flops"]);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("chinchilla-2203.15556 cannot be converted");
  expect(isoflop(["laws", "chinchilla", "--flops-per-token", "6"]).code).toBe(2);
});

type Predictions = { readonly predicted: Readonly<Record<"N" | "loss", { readonly value: number }>> }[];
