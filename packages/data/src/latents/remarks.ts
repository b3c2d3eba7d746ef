import type { LatentScaling } from "../source.js";
import type { ChannelMoments } from "./moments.js";

/** How far a mean may be from 0, in deviations. */
const FAR = 0.25;
/** How many times as large or small as 1 a deviation may be. */
const WIDE = 4 / 3;

/** A noise schedule is made for values of mean 0 and deviation 1: how far these are from it, and what would bring them there. */
export const remarksOnChannels = (
  { means, deviations }: ChannelMoments,
  { scale, shift }: LatentScaling,
  of: string,
): string[] => {
  const told = `${of}: means ${places(means, deviations)}, standard deviations ${digits(deviations)} of the channels`;
  const constant = deviations.indexOf(0);
  if (constant >= 0) return [told, `channel ${constant} is constant: a model learns nothing from it`];
  const far = means.flatMap((mean, channel) => {
    const deviation = deviations[channel]!;
    return Math.abs(mean) > FAR || deviation > WIDE || deviation < 1 / WIDE ? [channel] : [];
  });
  if (far.length === 0) return [told];
  const which =
    far.length === means.length
      ? "all channels are"
      : far.length === 1
        ? `channel ${far[0]} is`
        : `channels ${far.join(", ")} are`;
  const scales = scale.map((given, channel) => given / deviations[channel]!);
  const shifts = shift.map((given, channel) => given + means[channel]! / scale[channel]!);
  const right = `shift: [${places(
    shifts,
    scales.map((x) => 1 / Math.abs(x)),
  )}] and scale: [${digits(scales)}]`;
  return [
    told,
    `${which} far from mean 0 and deviation 1, for which noise schedules are made; ${right} would bring them there`,
  ];
};

const digits = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(3))).join(", ");

/** Values to a hundredth of the power of ten below their deviation. */
const places = (values: readonly number[], deviations: readonly number[]): string =>
  values
    .map((value, i) => {
      const decimals = 2 - Math.floor(Math.log10(deviations[i]! || 1));
      return Number(value.toFixed(Math.min(100, Math.max(0, decimals)))) + 0;
    })
    .join(", ");
