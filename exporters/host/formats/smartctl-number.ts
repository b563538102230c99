// Thousands are grouped by the locale of whoever ran smartctl: "20,576,747,520", "20 576 747 520",
// "240.057.409.536", no-break spaces, or the replacement character where those were not UTF-8.
const GROUPED =
  /^(?<first>\d{1,3})(?<separator>[ ,.'’\u00a0\u2009\u202f\ufffd])\d{3}(?:\k<separator>\d{3})*(?=$|[\s%[(])(?!\s\d)/u;
const PLAIN = /^\d{1,20}(?=$|[\s%[(])(?!\s\d)/;

/** The whole number a text begins with; undefined when what follows makes it doubtful ("300,$00"). */
export function leadingInteger(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const digits = GROUPED.exec(text)?.[0] ?? PLAIN.exec(text)?.[0];
  return digits === undefined ? undefined : countOf(Number(digits.replaceAll(/\D/g, '')));
}

/** A decimal number with a point, whatever stands around it refused. */
export function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,18}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}

/** A count that can be true: finite, not negative, not one of the all-ones patterns that mean "none". */
export function countOf(value: number | undefined): number | undefined {
  if (value === undefined || !Number.isFinite(value) || value < 0) return undefined;
  return ALL_ONES.has(value) ? undefined : value;
}

const ALL_ONES: ReadonlySet<number> = new Set([2 ** 32 - 1, 2 ** 48 - 1, 2 ** 64 - 1, 2 ** 128 - 1]);

/** Fifty years: more than any disk with SMART can have run. */
const LONGEST_SECONDS = 50 * 8766 * 3600;

/** Seconds a disk can have run; counters of other things under the same name are none. */
export function plausibleAge(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds >= 0 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}

/** Degrees Celsius a disk can have; sentinels as 127, -128 and 255 and overflows are none. */
export function celsiusOf(value: number | undefined): number | undefined {
  return value !== undefined && value >= -60 && value <= 125 ? value : undefined;
}
