import { type Accelerator, devices, estimate, type Flops, type OperandType } from "@isoflop/flops";

/** What so many FLOPs cost on every device of the table, at a share of its peak, in its fastest arithmetic that training bears. */
export const deviceHours = (flops: Flops, mfu: number) =>
  Object.values<Accelerator>(devices).map((device) => {
    const arithmetic = fastest(device);
    const { deviceHours: hours, dollars } = estimate({ flops, device, arithmetic, mfu });
    return { device: device.name, arithmetic, hours, ...(dollars && { dollars }) };
  });

const fastest = (device: Accelerator): OperandType =>
  (["bf16", "f16", "f32"] as const).find((arithmetic) => device.peak[arithmetic] !== undefined)!;
