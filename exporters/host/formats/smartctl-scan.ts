import { z } from 'zod';

/** A device that `smartctl --scan` or `--scan-open` lists. */
export interface ScannedDevice {
  /** "/dev/sda", "/dev/bus/0". */
  readonly path: string;
  /** What to give to -d: "sat", "nvme", "megaraid,8". */
  readonly type: string;
}

const deviceSchema = z.object({ name: z.string(), type: z.string(), open_error: z.unknown().optional() });
const documentSchema = z.object({ devices: z.array(z.unknown()) });

// "/dev/sda -d sat # /dev/sda [SAT], ATA device"; a device that could not be opened is a comment.
const LINE = /^(?<path>\/dev\/\S{1,200}) -d (?<type>[\w+,/-]{1,60})(?= |$)/;

/** The devices of a scan, text or JSON, that could be opened; none for any other text. Never throws. */
export function parseSmartctlScan(output: string): readonly ScannedDevice[] {
  return output.trimStart().startsWith('{') ? fromJson(output) : fromText(output);
}

function fromText(output: string): ScannedDevice[] {
  return output.split('\n').flatMap((line) => {
    const { path, type } = LINE.exec(line)?.groups ?? {};
    return path === undefined || type === undefined ? [] : [{ path, type }];
  });
}

function fromJson(output: string): ScannedDevice[] {
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch {
    return []; // cut or damaged
  }
  const devices = documentSchema.safeParse(document).data?.devices ?? [];
  return devices.flatMap((device) => {
    const { data } = deviceSchema.safeParse(device);
    return data === undefined || data.open_error !== undefined ? [] : [{ path: data.name, type: data.type }];
  });
}
