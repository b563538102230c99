import { runCommand } from '../../../lib/run-command.ts';
import { HostError } from '../host-error.ts';
import { CAPTURE_SCRIPT_PATH } from './capture-script.ts';
import {
  type CaptureRequest,
  type CaptureText,
  captureArguments,
  MAX_CAPTURE_BYTES,
  type Transport,
} from './transport.ts';

export interface LocalOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Folder that stands for / (a recorded machine). Default: the real one. */
  readonly root?: string | undefined;
  /** Default: /bin/sh. */
  readonly shell?: readonly [string, ...string[]];
}

/** Runs the script on the machine pgfleet runs on. */
export function createLocalTransport({ now, root, shell = ['/bin/sh'] }: LocalOptions): Transport {
  const [file, ...shellArguments] = shell;
  return {
    kind: 'local',
    description: root === undefined ? 'local' : `local, root ${root}`,
    run: async (request: CaptureRequest): Promise<CaptureText> => {
      const sentAt = now();
      const { stdout, stderr, code } = await runCommand(
        file,
        [...shellArguments, CAPTURE_SCRIPT_PATH, ...captureArguments(request)],
        {
          timeoutMs: request.budgetMs,
          maxBytes: MAX_CAPTURE_BYTES,
          signal: request.signal,
          env: root === undefined ? {} : { PGFLEET_ROOT: root },
        },
      );
      if (stdout === '') throw new HostError('command', silence(code, stderr));
      return { text: stdout, exchange: { sentAt, receivedAt: now() } };
    },
    close: async () => undefined,
  };
}

/** Message for a script that printed nothing. */
export function silence(code: number | null | undefined, stderr: string): string {
  const said = stderr.trim().split('\n').slice(0, 3).join('; ').slice(0, 300);
  const how = code === null || code === undefined ? 'no exit code' : `exit code ${code}`;
  return `capture.sh printed nothing, ${how}${said === '' ? '' : `: ${said}`}`;
}
