import { defined, type RaidController, type RaidReport, type Volume } from './raid.ts';
import { bytesOf, Fields, levelOf, linesOf, pairOf, textOf } from './tool-text.ts';

/**
 * /proc/driver/cciss/ccissN of kernels up to 3.x: which volumes a Smart Array has. How they are it does
 * not say, so their state stays unknown without ssacli.
 */
export function parseCciss(text: string): RaidReport {
  const controllers: RaidController[] = [];
  let fields = new Fields();
  let volumes: Volume[] = [];
  let head: { id: string; model: string | undefined } | undefined;
  const close = () => {
    if (head === undefined) return;
    const { id, model } = head;
    const firmware = textOf(fields.get('Firmware Version'));
    controllers.push({
      tool: 'cciss',
      id,
      ...defined({ model, firmware }),
      batteries: [],
      volumes,
      drives: [],
    });
  };
  for (const line of linesOf(text)) {
    const opened = /^cciss(?<id>\d{1,3}): (?<model>.*?)(?: Controller)?$/.exec(line)?.groups;
    if (opened !== undefined) {
      close();
      [head, fields, volumes] = [
        { id: opened['id'] ?? '', model: textOf(opened['model']) },
        new Fields(),
        [],
      ];
      continue;
    }
    const volume = /^cciss\/(?<name>c\d{1,3}d\d{1,3}):\s+(?<size>[\d.]+GB)\s+(?<level>\S.*)$/.exec(
      line,
    )?.groups;
    const pair = pairOf(line);
    if (volume !== undefined) volumes.push(volumeOf(volume));
    else if (pair !== undefined) fields.add(pair.key, pair.value);
  }
  close();
  return { controllers, errors: [] };
}

function volumeOf(found: Readonly<Record<string, string | undefined>>): Volume {
  const name = found['name'] ?? '';
  return {
    id: name,
    ...defined({
      device: `/dev/cciss/${name}`,
      level: levelOf(found['level']),
      sizeBytes: bytesOf(found['size'], 1000),
    }),
    tasks: [],
  };
}
