/** @throws Error where this machine cannot execute what is made for x86-64 Linux: `what` begins its message, such as "the archives are" */
export const requireLinux = (what: string, platform: string = process.platform, arch: string = process.arch): void => {
  if (platform !== "linux" || arch !== "x64")
    throw new Error(`${what} for linux-x64, and this machine is ${platform}-${arch}.`);
};

/** Environment variables with which Vulkan's loader finds the driver of a manifest alone. */
export const onlyDriver = (manifest: string) => ({ VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest });
