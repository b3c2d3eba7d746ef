/** Whether an object is a record: no class of its own. Records of another realm (an iframe, a vm context) count. */
export const isRecord = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
