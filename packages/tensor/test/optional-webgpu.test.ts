import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const ask = `import { createDevice } from "./tensor/index.js";
const device = await createDevice("webgpu").catch((error) => ({ name: error.code, description: error.message }));
console.log(JSON.stringify([device.name, device.description]));
const fallback = await createDevice();
console.log(JSON.stringify([fallback.name, fallback.description]));
fallback.destroy();`;

/** Whoever uses the built package, far from the packages of this repository. */
let home: string;
let project: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "isoflop-webgpu-"));
  project = join(home, "project");
  await cp(dist, join(home, "tensor"), { recursive: true });
  await writeFile(join(home, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(home, "ask.js"), ask);
});
beforeEach(async () => {
  await rm(project, { recursive: true, force: true });
  await mkdir(project);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const install = async (folder: string, program: string): Promise<void> => {
  const place = join(folder, "node_modules", "webgpu");
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "package.json"), JSON.stringify({ name: "webgpu", type: "module", main: "index.js" }));
  await writeFile(join(place, "index.js"), program);
};

/** Name and description of the device that is asked for, or code and message of the error; and of the device that is taken without asking. */
const devices = async (): Promise<readonly (readonly [string, string])[]> => {
  // What starts the tests tells Node where else to look.
  const options = { cwd: project, env: { ...process.env, NODE_PATH: "" } };
  const { stdout } = await promisify(execFile)(process.execPath, [join(home, "ask.js")], options);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
};

const noAdapter = "export const create = () => ({ requestAdapter: async () => null });";

test("without the package, the error has the commands that install it, and so has the device that is taken instead", async () => {
  const [asked, taken] = await devices();
  expect(asked).toEqual(["adapter", expect.stringContaining("npm install webgpu, or pnpm add --allow-build=webgpu")]);
  expect(taken).toEqual(["wasm", expect.stringContaining("npm install webgpu")]);
});

test("the package is found in the current folder, as who runs the program installed it", async () => {
  await install(project, noAdapter);
  expect((await devices())[0]).toEqual(["adapter", expect.stringContaining("no WebGPU adapter")]);
});

test("a package that is there and does not load is not said to be missing", async () => {
  await install(project, 'throw new Error("no binary for this machine");');
  expect((await devices())[0]).toEqual([
    "adapter",
    'the package "webgpu" is installed, but did not load: no binary for this machine',
  ]);
});
