import { copyFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { output, unpackPackages } from "./apt.js";
import { unpackOnce, workspaceRoot } from "./cache.js";
import { onlyDriver, requireLinux } from "./platform.js";

const packages = {
  releases: ["bookworm", "trixie", "trixie-backports"],
  // Wayland and X11 are what the driver is linked with.
  whole: ["mesa-vulkan-drivers", "libvulkan1", "libx11-6", "libx11-xcb1", "libxcb1"],
  // A newer one breaks Node's executable.
  alone: ["patchelf/bookworm"],
};

/** The oldest Mesa whose lavapipe is of use here: the first with subgroup matrices. */
const OLDEST = 26;

/** Fails unless the packages hold a Mesa that is new enough. */
export const requireMesa = (files: readonly string[]): void => {
  const version = files.map((file) => /^mesa-vulkan-drivers_([^_]*)/.exec(file)?.[1]).find((found) => found);
  if (!(Number.parseInt(version ?? "", 10) >= OLDEST))
    throw new Error(`${packages.releases.at(-1)} has Mesa ${version ?? "none"}, and ${OLDEST} is needed.`);
};

const libraries = (root: string): string => join(root, "usr", "lib", "x86_64-linux-gnu");
const loader = (root: string): string => join(libraries(root), "ld-linux-x86-64.so.2");

/** The unpacked patchelf, with the unpacked C library. */
const patchelf = (root: string, args: readonly string[]): Promise<string> =>
  output(loader(root), ["--library-path", libraries(root), join(root, "usr", "bin", "patchelf"), ...args]);

/** Mesa, its manifest, and a Node that runs with the C library Mesa needs, for a folder that is to become `target`. */
const fill = async (folder: string, target: string): Promise<void> => {
  const root = join(folder, "root");
  requireMesa(await unpackPackages(root, packages));
  await rm(join(root, "usr", "share"), { recursive: true, force: true });
  const files = await readdir(libraries(root));
  const others = files.filter((file) => /^libvulkan_(?!lvp)/.test(file));
  for (const file of others) await rm(join(libraries(root), file));
  // LLVM looks for what it needs in a folder of Debian's compilers, and then in the machine's own.
  for (const file of files.filter((name) => name.startsWith("libLLVM")))
    await patchelf(root, ["--set-rpath", "$ORIGIN", join(libraries(root), file)]);
  const driver = { api_version: "1.4.0", library_path: "root/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so" };
  await writeFile(join(folder, "lvp_icd.json"), JSON.stringify({ file_format_version: "1.0.1", ICD: driver }));
  const node = join(folder, "node");
  await copyFile(process.execPath, node);
  const there = join(target, "root");
  await patchelf(root, ["--set-interpreter", loader(there), "--force-rpath", "--set-rpath", libraries(there), node]);
};

/** How to start Node so that its only Vulkan driver is lavapipe. */
export interface Lavapipe {
  /** Path of a Node of this process's version; children that it forks run the same. */
  readonly node: string;
  /** Environment variables to start it with. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Mesa's Vulkan driver in software, unpacked when needed (about 10 s, 300 MB) from the archive that apt is configured for. Its shader compiler is the
 * one of Mesa's drivers for hardware, and shows what SwiftShader cannot.
 *
 * @throws Error where there is none: not linux-x64, no apt, an archive without Debian's trixie-backports or out of reach.
 */
export const lavapipe = async (): Promise<Lavapipe> => {
  requireLinux("lavapipe is unpacked from Debian's packages");
  const target = join(workspaceRoot(), ".cache", `lavapipe-node-${process.version}`);
  await unpackOnce(target, (folder) => fill(folder, target));
  const node = join(target, "node");
  await output(node, ["--eval", "0"]).catch((error: Error) => {
    throw new Error(`The Node in ${target} does not run; remove the folder to unpack it again. ${error.message}`);
  });
  return { node, env: { ...onlyDriver(join(target, "lvp_icd.json")), VK_LOADER_LAYERS_DISABLE: "~all~" } };
};
