/** A module from outside that cannot be loaded, or is not what it should be. The message names the file. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
}
