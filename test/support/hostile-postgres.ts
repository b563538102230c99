import { createServer, type Server, type Socket } from 'node:net';

/** Something that accepts connections on loopback and answers as it likes. */
export interface Impostor {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free port; `answer` gets every connection. */
export async function startImpostor(answer: (socket: Socket) => void): Promise<Impostor> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    answer(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as { port: number }).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/**
 * Lets everybody in as PostgreSQL does, and then answers the first question with `answer`: the login is
 * the easy part of an attack.
 */
export function afterLogin(answer: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    let state: 'new' | 'ready' | 'asked' = 'new';
    socket.on('data', () => {
      if (state === 'new') {
        state = 'ready';
        socket.write(LOGGED_IN);
      } else if (state === 'ready') {
        state = 'asked';
        answer(socket);
      }
    });
  };
}

/** Writes as fast as the other side reads, for as long as it reads. */
export function pour(socket: Socket, flood: Buffer): void {
  while (!socket.destroyed && socket.write(flood));
  if (!socket.destroyed) socket.once('drain', () => pour(socket, flood));
}

/** A message of the protocol: type, length, content. */
export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** One column `n` of type int4. */
export const ROW_DESCRIPTION = message(
  'T',
  int16(1),
  text('n'),
  int32(0),
  int16(0),
  int32(23),
  int16(4),
  int32(-1),
  int16(0),
);
export const DATA_ROW = message('D', int16(1), int32(1), Buffer.from('7'));

const LOGGED_IN = Buffer.concat([
  message('R', int32(0)),
  ...[
    ['server_version', '18.0'],
    ['server_encoding', 'UTF8'],
    ['client_encoding', 'UTF8'],
    ['IntervalStyle', 'iso_8601'],
  ].map(([name = '', value = '']) => message('S', text(name), text(value))),
  message('K', int32(1), int32(1)),
  message('Z', Buffer.from('I')),
]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}
