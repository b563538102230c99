import { createServer } from 'node:net';
import { type Address, formatAddress } from '../../lib/config.ts';
import { errorMessage, PgfleetError } from '../../lib/errors.ts';

/** An address that something of ours is going to listen on. */
export interface PortNeed {
  readonly address: Address;
  /** "Prometheus". */
  readonly who: string;
  /** "--prometheus-listen or prometheus.listen". */
  readonly change: string;
}

/** Throws PgfleetError `connect` that names every address that is taken, who needs it and how to choose another. */
export async function checkPorts(needs: readonly PortNeed[]): Promise<void> {
  const found = await Promise.all(
    needs.map(async (need) => ({ need, problem: await listenProblem(need.address) })),
  );
  const lines = found.flatMap(({ need, problem }) =>
    problem === undefined
      ? []
      : [`${formatAddress(need.address)} (${need.who}) ${problem}; choose another one with ${need.change}`],
  );
  lines.push(...duplicates(needs));
  if (lines.length > 0) throw new PgfleetError('connect', lines.join('\n'));
}

function duplicates(needs: readonly PortNeed[]): string[] {
  return needs.flatMap(({ address, who, change }, index) => {
    const earlier = needs
      .slice(0, index)
      .find((other) => formatAddress(other.address) === formatAddress(address));
    if (earlier === undefined) return [];
    return [
      `${formatAddress(address)} is meant for ${earlier.who} and for ${who}; change one with ${change}`,
    ];
  });
}

/** Undefined when the address can be listened on. */
function listenProblem({ host, port }: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      resolve(taken ? 'is already in use' : `cannot be used: ${errorMessage(error)}`);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
