/** A package that only some sources need. @throws Error that says what to install */
export const optional = async <T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(`${purpose} needs the npm package ${name}, which is not installed: npm install ${name}`, { cause });
  }
};
