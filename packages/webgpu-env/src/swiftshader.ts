import { join } from "node:path";
import { archivesAre, archiveVersion, untar } from "./archives.js";
import { cacheFolder, unpackOnce } from "./cache.js";
import { onlyDriver, requireLinux } from "./platform.js";

/** The Vulkan loader, the driver, and its manifest. The archive's EGL libraries stay out: Dawn would find a second, GL adapter. */
const vulkanFiles = new Set(["libvulkan.so.1", "libvk_swiftshader.so", "vk_swiftshader_icd.json"]);

/** The folder that holds the Vulkan loader and SwiftShader's driver, unpacked when needed. */
export const swiftshaderFolder = async (): Promise<string> => {
  requireLinux(archivesAre);
  return unpackOnce(join(cacheFolder(), `swiftshader-${archiveVersion}`), (folder) =>
    untar("swiftshader.tar.br", folder, (name) => vulkanFiles.has(name)),
  );
};

/**
 * Environment variables with which a child process finds SwiftShader as its only Vulkan driver, whatever GPU or
 * driver the machine has. The dynamic loader reads them when a process starts, so spawn a child with them; setting
 * them in a running process does nothing.
 *
 * @throws Error on a platform for which there are no binaries (anything but linux-x64).
 */
export const swiftshaderEnv = async (): Promise<Record<string, string>> => {
  const folder = await swiftshaderFolder();
  const inherited = process.env.LD_LIBRARY_PATH;
  return {
    LD_LIBRARY_PATH: inherited ? `${folder}:${inherited}` : folder,
    ...onlyDriver(join(folder, "vk_swiftshader_icd.json")),
    VK_LOADER_LAYERS_DISABLE: "~all~",
  };
};
