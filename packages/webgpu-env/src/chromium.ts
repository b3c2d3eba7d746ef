import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { archivesAre, archiveVersion, unpackExecutable, untar } from "./archives.js";
import { cacheFolder, unpackOnce } from "./cache.js";
import { fontsConfig } from "./fonts.js";
import { onlyDriver, requireLinux } from "./platform.js";

/** Chromium looks for SwiftShader beside its executable; its shared libraries and a font come along. */
const chromiumFolder = async (): Promise<string> => {
  requireLinux(archivesAre);
  return unpackOnce(join(cacheFolder(), `chromium-${archiveVersion}`), async (folder) => {
    await Promise.all([
      unpackExecutable("chromium.br", join(folder, "chromium")),
      untar("swiftshader.tar.br", folder),
      untar("al2023.tar.br", folder),
      untar("fonts.tar.br", folder),
    ]);
  });
};

/** WebGPU on SwiftShader inside the browser; no sandbox, because a container's root user cannot have one. */
const launchArguments = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  "--no-sandbox",
  "--no-zygote",
  "--disable-dev-shm-usage",
];

/**
 * A headless Chromium whose pages have a WebGPU adapter (SwiftShader) on a machine without a GPU. Close it when done.
 *
 * WebGPU and `SharedArrayBuffer` need a secure, cross-origin isolated page: open one from {@link serve}.
 *
 * @throws Error on a platform for which there are no binaries (anything but linux-x64).
 */
export const launchChromium = async (): Promise<Browser> => {
  const folder = await chromiumFolder();
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: launchArguments,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: `${join(folder, "lib")}:${folder}`,
      FONTCONFIG_FILE: await fontsConfig(folder),
      ...onlyDriver(join(folder, "vk_swiftshader_icd.json")),
    },
  });
};
