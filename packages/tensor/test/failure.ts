import { expect } from "vitest";
import { TensorError } from "../src/index.js";

/** The error a function throws, which must be a deliberate one. */
export const failure = (f: () => unknown): TensorError => {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(TensorError);
    return error as TensorError;
  }
  throw new Error("nothing was thrown");
};
