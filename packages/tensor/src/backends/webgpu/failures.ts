import { TensorError } from "../../errors.js";

/**
 * Keeps the first thing that went wrong on a device. WebGPU reports errors late and drops the work they belong to, so
 * a value read afterwards would be silently wrong: every later run and read throws what is kept here instead.
 */
export class Failures {
  #first: TensorError | undefined;

  constructor(device: GPUDevice) {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.keep(event.error.message);
    });
    void device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.keep(`the device was lost: ${message}`);
    });
  }

  keep(message: string): void {
    this.#first ??= new TensorError("kernel", `WebGPU: ${message}`);
  }

  /** Throws the first failure, if there was one. */
  check(): void {
    if (this.#first) throw this.#first;
  }
}
