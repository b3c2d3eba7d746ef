import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dit, exportWeights, type NamedArray, paramsFrom } from "@isoflop/dit";
import { createDevice } from "@isoflop/tensor";
import { openSafetensors, writeSafetensors } from "@isoflop/tensor/safetensors";
import { decode } from "fast-png";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { bundled, main } from "../src/main.js";
import { config, makeCheckpoint } from "../src/make-checkpoint.js";
import { readOptions } from "../src/options.js";
import { readWeightFile } from "../src/read-file.js";

const lines: string[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "official-weights-"));
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
beforeEach(() => void lines.splice(0));
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const fast = "--steps 2 --device wasm".split(" ");

const run = async (...args: string[]) => {
  const out = join(folder, "drawn.png");
  await main([...args, ...fast, "--out", out]);
  return decode(await readFile(out));
};

const store = async (name: string, arrays: Readonly<Record<string, NamedArray>>): Promise<string> => {
  const path = join(folder, name);
  const stored = Object.fromEntries(Object.entries(arrays).map(([key, a]) => [key, { ...a, format: "F32" as const }]));
  await writeFile(path, writeSafetensors(stored));
  return path;
};

/** The checkpoint that comes along under the official names. */
const officialArrays = async (prefix = ""): Promise<Readonly<Record<string, NamedArray>>> => {
  using device = await createDevice("wasm");
  const model = dit(config);
  const params = paramsFrom(model, (await readWeightFile(bundled)).arrays, device);
  return await exportWeights(model, params, { layout: "official", positions: true, prefix });
};

test("without a file the checkpoint that comes along is told, verified and drawn", async () => {
  const { width, height } = await run();
  expect(lines[0]).toContain("random checkpoint that comes along");
  expect(lines[1]).toMatch(/weights.diffusion_pytorch_model\.safetensors: 44 arrays of F16, \d+,\d{3} bytes$/);
  expect(lines.slice(2, 6)).toEqual([
    "layout       diffusersDiT",
    "weights      no prefix tells an average: released files mostly are one",
    "model        adaLNZero, depth 2, width 32, 4 heads, patch 2",
    "latents      4 × 16 × 16 in, 8 channels out, half of them a learned variance",
  ]);
  expect(lines).toContain("parameters   51,168, 0.00444 GFLOPs a forward pass");
  expect(lines).toContain("verified     every number is finite");
  expect(lines.at(-1)).toMatch(
    /labels 0, 2, 5, 7, guidance 4: a linear preview of the latents, not decoded pictures\.$/,
  );
  // Four latents of 16, each place a square of 8.
  expect([width, height]).toEqual([4 * 128 + 5 * 2, 128 + 2 * 2]);
});

test("the checkpoint that comes along is what its script makes, and small", async () => {
  const made = await makeCheckpoint();
  expect(await readFile(join(bundled, "config.json"), "utf8")).toBe(made["config.json"]);
  const stored = await readFile(join(bundled, "diffusion_pytorch_model.safetensors"));
  expect(stored.length).toBeLessThan(300_000);
  const [ours, theirs] = await Promise.all(
    [made["diffusion_pytorch_model.safetensors"] as Uint8Array, stored].map((bytes) => openSafetensors(bytes)),
  );
  expect(ours!.names).toEqual(theirs!.names);
  for (const name of ours!.names) {
    const [a, b] = [await ours!.float32(name), await theirs!.float32(name)];
    // An engine may round a draw to the next half.
    expect(a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)).toBeLessThan(1e-3);
  }
});

test("labels, guidance and seed decide the picture, and the same ones give it again", async () => {
  const pixels = async (...args: string[]) => Buffer.from((await run(...args)).data as Uint8Array);
  const first = await pixels("--labels", "3");
  expect(await pixels("--labels", "3")).toEqual(first);
  for (const other of [
    ["--labels", "4"],
    ["--labels", "3", "--guidance", "1"],
    ["--labels", "3", "--seed", "1"],
  ])
    expect(await pixels(...other)).not.toEqual(first);
  await expect(run("--labels", "3,10")).rejects.toThrow("--labels has 10; the model knows 0 to 9");
});

test("the same weights under the official names, in a training checkpoint of two sets, draw the same", async () => {
  const drawn = await run();
  const ema = await officialArrays("ema.");
  const zeros = Object.entries(ema).map(([name, { shape, data }]): [string, NamedArray] => [
    name.replace("ema.", "model."),
    { shape, data: name.endsWith("pos_embed") ? data : new Float32Array(data.length) },
  ]);
  const path = await store("both.safetensors", { ...ema, ...Object.fromEntries(zeros) });
  await expect(run(path, "--heads", "4")).rejects.toThrow('stand behind "ema." and "model."; say which are meant');
  await expect(run(path, "--set", "ema")).rejects.toThrow("no name or shape tells heads");
  expect((await run(path, "--set", "ema", "--heads", "4")).data).toEqual(drawn.data);
  expect(lines).toContain("layout       official, one of 2 sets of names");
  expect(lines).toContain('weights      an average (the prefix is "ema.")');
  expect(lines).toContain("verified     the stored position table is the sine-cosine one of this grid");
  expect(lines).toContain("assumed      image: as high as wide");
});

test("SiT's clock and another prediction are said by the family", async () => {
  const path = await store("official.safetensors", await officialArrays());
  const drawn = new Set<string>();
  for (const family of ["DiT", "SiT", "REPA"]) {
    const { data } = await run(path, "--heads", "4", "--family", family);
    drawn.add(Buffer.from(data as Uint8Array).toString("hex"));
  }
  expect(drawn.size).toBe(3);
  expect(lines).toContain("family       REPA: time times 1");
  await expect(run("--family", "SiT")).rejects.toThrow("it holds no timeScale; this config's is 1");
});

test("a decoder makes pictures of the latents", async () => {
  // Each place of a latent as 2 by 2 pixels of its first channel.
  const weight = Float32Array.from({ length: 12 * 4 }, (_, at) => (at % 4 === 0 ? 1 : 0));
  const path = await store("decoder.safetensors", { "layers.0.weight": { shape: [12, 4], data: weight } });
  const { width, height } = await run("--decoder", path, "--labels", "1");
  expect([width, height]).toEqual([32 + 4, 32 + 4]);
  expect(lines.at(-1)).toMatch(/decoded by decoder\.safetensors \(layers\)\.$/);
});

test("what is no file of weights is refused, and what is damaged is told in its names", async () => {
  const pickle = join(folder, "DiT-XL-2-256x256.pt");
  await writeFile(pickle, "PK\u0003\u0004 and so on");
  await expect(run(pickle)).rejects.toThrow(/is a PyTorch checkpoint, a pickle; convert it to safetensors/);
  const { arrays } = await readWeightFile(bundled);
  const name = "transformer_blocks.1.attn1.to_k.bias";
  const { [name]: bias, ...others } = arrays;
  const args = ["--heads", "4", "--size", "16"];
  await expect(run(await store("short.safetensors", others), ...args)).rejects.toThrow(`"${name}" [32] is missing`);
  const data = bias!.data.map((value, i) => (i === 5 ? Number.NaN : value));
  const ill = await store("nan.safetensors", { ...others, [name]: { shape: [32], data } });
  await expect(run(ill, ...args)).rejects.toThrow(`"${name}" holds NaN at [5]`);
});

test("what is no option is refused, and says what would be right", () => {
  expect(() => readOptions(["a", "b"])).toThrow("2 files are given; it takes one");
  expect(() => readOptions(["--family", "Flux"])).toThrow('--family is "Flux"; it takes one of DiT, SiT');
  expect(() => readOptions(["--steps", "1.5"])).toThrow('--steps is "1.5"; it takes a whole number');
  expect(() => readOptions(["--guidance", "-1"])).toThrow("--guidance");
  expect(() => readOptions(["--labels", "1,dog"])).toThrow('--labels is "dog"; it takes a number of at least 0');
  expect(() => readOptions(["--device", "cuda"])).toThrow('--device is "cuda"; it takes wasm or webgpu');
});
