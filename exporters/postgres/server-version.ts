/** "15.18 (Debian 15.18-0)" is 150018, "9.6.24" is 90624, "18beta1" is 180000; 0 for anything else. */
export function versionNumber(text: string): number {
  const [, first = '', second = '', third = ''] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  if (first === '') return 0;
  const major = Number(first);
  return major >= 10
    ? major * 10_000 + Number(second)
    : major * 10_000 + Number(second) * 100 + Number(third);
}
