/**
 * A number that remembers what it counts: a bare number is accepted where a unit is expected, another unit is not.
 */
export type Quantity<Unit extends string> = number & { readonly unit?: Unit };

/** Floating-point operations; a multiply-accumulate is two of them. Exact up to 2^53, rounded above. */
export type Flops = Quantity<"flops">;
/** Multiply-accumulates. */
export type Macs = Quantity<"macs">;
/** Trainable or stored numbers of a model; which of them is said by a {@link ParameterSet}. */
export type Parameters = Quantity<"parameters">;
/** Sequence positions seen in training; which of them is said by a {@link TokenSet}. */
export type Tokens = Quantity<"tokens">;
export type Bytes = Quantity<"bytes">;
export type Seconds = Quantity<"seconds">;
