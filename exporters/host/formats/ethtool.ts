/** What `ethtool DEVICE` says of a port; undefined is what it does not say, or calls unknown. */
export interface EthtoolPort {
  readonly supported: readonly LinkMode[];
  readonly partner: readonly LinkMode[];
  readonly megabits: number | undefined;
  readonly duplex: 'full' | 'half' | undefined;
  readonly linkDetected: boolean | undefined;
}

/** "1000baseT/Full". */
export interface LinkMode {
  readonly megabits: number;
  readonly mode: string;
  readonly duplex: 'full' | 'half';
}

/** Lists go on in lines without a key, indented further; some versions leave the colon out. */
export function parseEthtool(text: string): EthtoolPort {
  const values = new Map<string, string>();
  let key = '';
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s+(?<key>[A-Z][\w -]*?)(?::|(?=\s+\d+base))\s*(?<value>.*)$/.exec(line)?.groups;
    if (match?.['key'] !== undefined) {
      key = match['key'].trim().toLowerCase();
      values.set(key, match['value'] ?? '');
    } else if (/^\s+\S/.test(line)) {
      values.set(key, `${values.get(key) ?? ''} ${line.trim()}`);
    }
  }
  const speed = /^(?<speed>\d{1,7})\s*(?<unit>[GM])b\/s/.exec(values.get('speed') ?? '')?.groups;
  const link = values.get('link detected')?.trim();
  const duplex = values.get('duplex')?.trim().toLowerCase();
  return {
    supported: modes(values.get('supported link modes')),
    partner: modes(values.get('link partner advertised link modes')),
    megabits: positive(Number(speed?.['speed']) * (speed?.['unit'] === 'G' ? 1000 : 1)),
    duplex: duplex === 'full' || duplex === 'half' ? duplex : undefined,
    linkDetected:
      link === undefined ? undefined : /^yes/i.test(link) ? true : /^no/i.test(link) ? false : undefined,
  };
}

function modes(text: string | undefined): LinkMode[] {
  const found = (text ?? '').matchAll(
    /(?<![\w.])(?<speed>\d{2,7})(?<kind>base[\w-]*)\/(?<duplex>Full|Half)/g,
  );
  return [...found].map(({ groups = {} }) => ({
    megabits: Number(groups['speed']),
    mode: `${groups['speed']}${groups['kind']}`,
    duplex: groups['duplex'] === 'Full' ? 'full' : 'half',
  }));
}

/** 65535 and 4294967295 are how old drivers say "unknown". */
function positive(megabits: number): number | undefined {
  return megabits > 0 && megabits !== 65_535 && megabits < 4_294_967 ? megabits : undefined;
}

/** Fields of `ethtool -i DEVICE` by name; those it leaves blank or calls N/A are not there. */
export function parseEthtoolDriver(text: string): ReadonlyMap<string, string> {
  const fields = [...text.matchAll(/^(?<key>[\w-]+): *(?<value>.*?)\r?$/gm)];
  return new Map(
    fields.flatMap(({ groups = {} }) => {
      const value = groups['value']?.trim() ?? '';
      return value === '' || /^n\/a$/i.test(value) ? [] : [[groups['key'] ?? '', value] as const];
    }),
  );
}
